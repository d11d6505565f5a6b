//! What one instance's user data may cost the others: time, space and ports.

use std::io;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::server::service::start_nginx;
use crate::sandbox::Pace;
use crate::sandbox::plane::Plane;
use crate::sandbox::plane::fixtures::{CLIENT, GROUP, lab, options};
use crate::sandbox::plane::lock::lock;
use crate::sandbox::plane::net::filter::Place;

/// A data plane whose client has another script.
fn plane(folder: &TempDir, pace: Pace, script: &str) -> io::Result<Plane> {
    let plane = Plane::start(options(folder.path(), pace))?;
    let mut topology = lab();
    let clients = topology.instances.values_mut().filter(|it| it.user_data == CLIENT);
    clients.for_each(|it| it.user_data = format!("#!/bin/bash\n{script}\n"));
    plane.apply(topology);
    Ok(plane)
}

async fn text(plane: &Plane) -> String {
    String::from_utf8_lossy(&plane.console("i-client").await.text).into_owned()
}

/// How often the script has printed its line.
fn printed(text: &str) -> usize {
    text.lines().filter(|line| *line == "x").count()
}

#[tokio::test]
async fn a_script_that_never_waits_lets_others_run_and_can_be_ended() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let script = format!("while true; do\n{}done", "echo x\n".repeat(2000));
    let plane = plane(&folder, Pace::Quick, &script)?;
    let deadline = Instant::now() + Duration::from_mins(1);
    // There is only one thread, so a script that never yields would never be seen at work.
    let seen = loop {
        tokio::task::yield_now().await;
        let seen = printed(&text(&plane).await);
        if seen > 0 {
            break seen;
        }
        assert!(Instant::now() < deadline);
    };
    assert!(seen < 2000, "{seen}");
    plane.stop().await;
    let ended = printed(&text(&plane).await);
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(printed(&text(&plane).await), ended);
    Ok(())
}

#[tokio::test]
async fn a_question_moves_a_long_script_on_by_a_part() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant, &"echo x\n".repeat(600))?;
    let mut counts = Vec::new();
    while !text(&plane).await.contains("run to its end") {
        counts.push(printed(&String::from_utf8_lossy(&plane.network().consoles.read("i-client").text)));
        assert!(counts.len() < 10, "{counts:?}");
    }
    assert!(counts.len() > 1 && counts.is_sorted_by(|a, b| a < b), "{counts:?}");
    assert_eq!(printed(&text(&plane).await), 600);
    Ok(())
}

#[tokio::test]
async fn a_script_whose_instance_is_gone_stops_at_its_next_command() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant, &"echo x\n".repeat(250))?;
    let seen = || printed(&String::from_utf8_lossy(&plane.network().consoles.read("i-client").text));
    let machine = plane.machines().get("i-client").ok_or(io::ErrorKind::NotFound)?;
    let stopping = async {
        while seen() == 0 {
            tokio::task::yield_now().await;
        }
        machine.stop(&plane.machines().context);
        seen()
    };
    let (_, stopped) = tokio::join!(text(&plane), stopping);
    assert!((1..250).contains(&stopped), "{stopped}");
    assert!(seen() <= stopped + 1, "{stopped} {}", seen());
    Ok(())
}

#[tokio::test]
async fn a_turn_that_is_too_long_for_a_question_goes_on_with_the_next() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let script = format!("while true; do\n{}done &", "echo x\n".repeat(600));
    let plane = plane(&folder, Pace::Instant, &script)?;
    let (first, second) = (text(&plane).await, text(&plane).await);
    assert!((1..600).contains(&printed(&first)), "{first}");
    assert!(printed(&second) > printed(&first), "{second}");
    Ok(())
}

#[tokio::test]
async fn a_job_that_is_waited_for_ends_and_one_that_is_not_ends_with_its_instance() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let script =
        "(curl -s http://vpce-1.example/; echo job) &\nwait\necho waited\nwhile true; do echo x; sleep 1; done &";
    let plane = plane(&folder, Pace::Instant, script)?;
    let seen = text(&plane).await;
    assert!(seen.contains("job\nwaited\n") && printed(&seen) == 1, "{seen}");
    let machine = plane.machines().get("i-client").ok_or(io::ErrorKind::NotFound)?;
    let held = std::sync::Arc::downgrade(&machine);
    drop(machine);
    plane.apply(lab());
    plane.stop().await;
    drop(plane);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(held.upgrade().is_none(), "the job holds its machine");
    Ok(())
}

#[tokio::test]
async fn httpd_serves_its_folder_and_loopback_is_not_reached() -> io::Result<()> {
    let apache = "dnf install -y httpd\necho apache > /var/www/html/index.html\nsystemctl enable --now httpd";
    let inside = "dnf install -y nginx\necho 'server { listen 127.0.0.1:8080; }' > /etc/nginx/conf.d/x.conf\n\
                  systemctl start nginx\ncurl -s -o /dev/null -w 'inside %{http_code}\\n' http://localhost:8080/";
    for (script, port, state) in [(apache, 80, "healthy"), (inside, 8080, "unhealthy")] {
        let folder = tempfile::tempdir()?;
        let plane = Plane::start(options(folder.path(), Pace::Instant))?;
        let mut topology = lab();
        for instance in topology.instances.values_mut().filter(|it| it.user_data != CLIENT) {
            instance.user_data = format!("#!/bin/bash\n{script}");
        }
        for group in topology.target_groups.values_mut() {
            group.port = port;
            group.targets.iter_mut().for_each(|it| it.port = port);
        }
        for group in topology.groups.values_mut() {
            group.ingress = vec![crate::sandbox::plane::fixtures::rule(0, crate::sandbox::plane::fixtures::anywhere())];
        }
        plane.apply(topology);
        assert_eq!(plane.target_health(GROUP).await[0].state, state);
        let web = String::from_utf8_lossy(&plane.console("i-web").await.text).into_owned();
        assert_eq!(web.contains("inside 200\n"), state == "unhealthy", "{web}");
    }
    Ok(())
}

#[tokio::test]
async fn an_instance_listens_on_some_ports_and_says_that_it_leaves_the_rest() -> io::Result<()> {
    let each = |text: fn(u16) -> String| (8000..8030).map(text).collect::<Vec<_>>().concat();
    let servers = each(|port| format!("python3 -m http.server {port} &\n"));
    let listens = each(|port| format!("listen {port};"));
    let nginx = format!(
        "dnf install -y nginx\necho 'server {{ {listens} }}' > /etc/nginx/conf.d/x.conf\nsystemctl start nginx"
    );
    for (script, told) in [(servers, "1 more are"), (nginx, "15 more are")] {
        let folder = tempfile::tempdir()?;
        let plane = Plane::start(options(folder.path(), Pace::Instant))?;
        let mut topology = lab();
        topology.subnets.values_mut().for_each(|it| it.reaches_s3 = true);
        for instance in topology.instances.values_mut().filter(|it| it.user_data == CLIENT) {
            instance.user_data = format!("#!/bin/bash\n{script}");
        }
        plane.apply(topology);
        let seen = text(&plane).await;
        let is_its = |place: &Place| matches!(place, Place::Instance { id, .. } if id == "i-client");
        let open = plane.network().fabric.places().into_iter().filter(is_its).count();
        assert_eq!(open, 16, "{seen}");
        assert!(seen.contains(&format!("listens on at most 16 ports: {told} not opened\n")), "{seen}");
    }
    Ok(())
}

/// The limit that nothing but a hang would reach.
const LAST_RESORT: Duration = Duration::from_secs(50);

#[tokio::test]
async fn a_request_that_is_never_answered_holds_no_question_up() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let ask = "-H 'Content-Length: 999' http://localhost:8000/";
    let script = format!("python3 -m http.server 8000 &\ncurl {ask}\ncurl -sS -m 3000 {ask}\necho after");
    let plane = plane(&folder, Pace::Instant, &script)?;
    let begun = Instant::now();
    let mut seen = text(&plane).await;
    while !seen.contains("after\n") && begun.elapsed() < LAST_RESORT {
        seen = text(&plane).await;
    }
    assert!(seen.contains("curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n"), "{seen}");
    assert!(seen.contains("curl: (28) Operation timed out after 3000000 milliseconds with 0 bytes"), "{seen}");
    assert!(begun.elapsed() < LAST_RESORT && seen.contains("\nafter\n"), "{seen}");
    Ok(())
}

#[tokio::test]
async fn the_folder_of_a_web_server_goes_with_its_instance() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant, "")?;
    let [gone, stays] = ["i-client", "i-web"].map(|id| folder.path().join("nginx").join(id));
    for path in [&gone, &stays] {
        std::fs::create_dir_all(path.join("root/usr"))?;
    }
    let (over, ended) = tokio::sync::watch::channel(false);
    plane.machines().context.web_servers.add("i-client", ended);
    let mut topology = lab();
    topology.instances.remove("i-client");
    plane.apply(topology);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(gone.exists(), "its web server uses it still");
    over.send_replace(true);
    let begun = Instant::now();
    while gone.exists() && begun.elapsed() < LAST_RESORT {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!gone.exists() && stays.exists());
    Ok(())
}

#[tokio::test]
async fn paths_and_disks_have_an_end() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let [one, two] = ["a", "b"].map(|name| name.repeat(3000));
    let script = format!(
        "mkdir {one} && cd {one} && echo moved\ncd {two} || echo stayed\necho x > {two} || echo unnamed\n\
         echo x > /more || echo full\ntee /more <<EOF || echo full\nx\nEOF"
    );
    let plane = plane(&folder, Pace::Instant, &script)?;
    let machine = plane.machines().get("i-client").ok_or(io::ErrorKind::NotFound)?;
    let mut file = 0;
    while lock(&machine.disk).write(&format!("/{file}"), b"x", false).is_ok() {
        file += 1;
    }
    let seen = text(&plane).await;
    let shown = "b".repeat(116);
    for wanted in [
        "moved\n".to_owned(),
        format!("part-001: line 3: cd: {shown}bbbb…: File name too long\nstayed\n"),
        format!("part-001: line 4: {shown}bbbb…: File name too long\nunnamed\n"),
        "part-001: line 5: /more: No space left on device\nfull\n".to_owned(),
        "\ntee: /more: No space left on device\nfull\n".to_owned(),
    ] {
        assert!(seen.contains(&wanted), "{wanted}{seen}");
    }
    assert_eq!(seen.matches("\nfull\n").count(), 2, "{seen}");
    Ok(())
}

#[tokio::test]
async fn an_instance_opens_some_forwards_and_says_that_it_leaves_the_rest() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let script = (0..300).map(|host| format!("curl http://g{host}/\n")).collect::<Vec<_>>().concat();
    let plane = plane(&folder, Pace::Instant, &script)?;
    let seen = String::from_utf8_lossy(&plane.network().consoles.read("i-client").text).into_owned();
    assert_eq!(seen.matches(" door: http://127.0.0.1:").count(), 16, "{seen}");
    assert_eq!(seen.matches("at most 16 forwards: 284 more are not opened\n").count(), 1, "{seen}");
    assert_eq!(plane.machines().context.saved.forwards("i-client").len(), 16);
    Ok(())
}

#[tokio::test]
async fn an_nginx_that_had_died_is_said_to_run_again_once() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant, "")?;
    plane.machines().context.saved.set_died("i-web");
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    let web = plane.machines().get("i-web").ok_or(io::ErrorKind::NotFound)?;
    start_nginx(&plane.machines().context, &web).await;
    let seen = String::from_utf8_lossy(&plane.console("i-web").await.text).into_owned();
    assert_eq!(seen.matches("[pllab sandbox] nginx runs again\n").count(), 1, "{seen}");
    Ok(())
}

//! Tests of the whole data plane in one process, with real sockets from client to web server.

use std::io;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::fixtures::{CLIENT, GROUP, NLB, block, lab, options, rule};
use super::{Plane, Topology};
use crate::sandbox::Pace;

fn plane(folder: &TempDir, pace: Pace) -> io::Result<Plane> {
    Plane::start(options(folder.path(), pace))
}

fn with(change: impl FnOnce(&mut Topology)) -> Topology {
    let mut topology = lab();
    change(&mut topology);
    topology
}

fn set_state(topology: &mut Topology, state: &str) {
    topology.endpoints.values_mut().for_each(|it| state.clone_into(&mut it.state));
}

async fn text(plane: &Plane, id: &str) -> String {
    String::from_utf8_lossy(&plane.console(id).await.text).into_owned()
}

/// The local port that the client's console announces.
fn forward(console: &str) -> Option<u16> {
    let (_, rest) = console.split_once("[pllab sandbox] door: http://127.0.0.1:")?;
    let (port, rest) = rest.split_once('/')?;
    rest.starts_with(" leads where this instance's http://vpce-1.example/ leads\n").then_some(())?;
    port.parse().ok()
}

async fn request(port: u16, host: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

#[tokio::test]
async fn the_request_fails_before_acceptance_and_succeeds_after_it() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    plane.apply(with(|it| set_state(it, "pendingAcceptance")));
    let health = plane.target_health(GROUP).await;
    assert_eq!(health[0].state, "healthy", "{health:?}\n{}", text(&plane, "i-web").await);
    let before = text(&plane, "i-client").await;
    assert!(before.contains("curl: (28) Connection timed out after 5001 milliseconds\n"), "{before}");
    assert!(before.contains("code=000 exit=28 time=5.001000\n"), "{before}");

    plane.apply(lab());
    let begun = Instant::now();
    let after = text(&plane, "i-client").await;
    let took = begun.elapsed();
    let added = after.strip_prefix(before.as_str()).unwrap_or_default();
    assert!(added.starts_with("token-1 seen 10.0.1.10\ncode=200 exit=0 time="), "{added}");
    assert_eq!(added.matches("exit=").count(), 1, "one turn per call: {added}");
    // A generous bound: it catches a sleep and measures nothing.
    assert!(took < Duration::from_secs(1), "{took:?}");
    let web = text(&plane, "i-web").await;
    assert!(web.contains("10.0.1.10 - - ["), "{web}");
    assert!(web.contains("\"GET / HTTP/1.1\" 200 23 \"-\" \"curl/"), "{web}");
    assert!(web.contains("\"ELB-HealthChecker/2.0\""), "{web}");

    plane.apply(with(|it| set_state(it, "rejected")));
    let rejected = text(&plane, "i-client").await;
    assert!(rejected.ends_with("exit=28 time=5.001000\n"), "{rejected}");
    plane.stop().await;
    Ok(())
}

#[tokio::test]
async fn a_forward_holds_the_browser_until_the_path_opens() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    plane.apply(with(|it| set_state(it, "pendingAcceptance")));
    let port = forward(&text(&plane, "i-client").await).ok_or(io::ErrorKind::NotFound)?;
    let host = format!("127.0.0.1:{port}");
    assert!(request(port, "evil.example").await?.starts_with("HTTP/1.1 403 "));
    let browser = tokio::spawn(async move { request(port, &host).await });
    sleep(Duration::from_millis(100)).await;
    assert!(!browser.is_finished());
    plane.apply(lab());
    let page = browser.await??;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\nServer: nginx (pllab sandbox)\r\n"), "{page}");
    assert!(page.ends_with("token-1 seen 10.0.1.10\n"), "{page}");
    Ok(())
}

#[tokio::test]
async fn a_restart_brings_software_and_forward_back_without_saying_it_twice() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let first = plane(&folder, Pace::Instant)?;
    first.apply(lab());
    assert_eq!(first.target_health(GROUP).await[0].state, "healthy");
    let before = forward(&text(&first, "i-client").await);
    first.stop().await;
    drop(first);
    // The listeners' tasks end when the runtime runs next.
    sleep(Duration::from_millis(20)).await;
    let again = plane(&folder, Pace::Instant)?;
    // The route to S3 may be gone now: what is installed stays installed.
    again.apply(with(|it| it.subnets.values_mut().for_each(|it| it.reaches_s3 = false)));
    let client = text(&again, "i-client").await;
    assert_eq!(client.matches("token-1 seen 10.0.1.10").count(), 2, "{client}");
    assert_eq!(client.matches("cloud-init runs").count(), 1, "{client}");
    assert_eq!(client.rsplit("door: http").next().and_then(|_| forward(&client)), before);
    assert_eq!(text(&again, "i-web").await.matches("Complete!").count(), 1);
    Ok(())
}

#[tokio::test]
async fn nginx_is_installed_only_once_s3_can_be_reached() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    plane.apply(with(|it| it.subnets.values_mut().for_each(|it| it.reaches_s3 = false)));
    let health = plane.target_health(GROUP).await;
    assert_eq!(
        (health[0].state.as_str(), health[0].reason.as_deref()),
        ("unhealthy", Some("Target.FailedHealthChecks"))
    );
    let console = text(&plane, "i-web").await;
    assert!(console.contains("Error: Failed to download metadata for repo 'amazonlinux'"), "{console}");
    // All targets are unhealthy, so the load balancer fails open, and the host refuses.
    let client = text(&plane, "i-client").await;
    assert!(client.contains("curl: (7) Failed to connect to vpce-1.example port 80"), "{client}");
    plane.apply(lab());
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    Ok(())
}

#[tokio::test]
async fn proxy_protocol_breaks_a_server_that_was_not_told() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    let proxied = |it: &mut Topology| it.target_groups.values_mut().for_each(|it| it.proxy_protocol_v2 = true);
    plane.apply(with(proxied));
    assert_eq!(plane.target_health(GROUP).await[0].state, "unhealthy");
    let client = text(&plane, "i-client").await;
    assert!(client.contains("code=400 exit=0"), "{client}");
    let told = |it: &mut Topology| {
        proxied(it);
        let mut web = it.instances["i-web"].clone();
        web.address = "10.0.1.6".parse().unwrap_or(web.address);
        let conf = "cat > /etc/nginx/conf.d/pp.conf <<'EOF'\nserver { listen 80 proxy_protocol; }\n\
                    real_ip_header proxy_protocol;\nset_real_ip_from 10.0.1.0/24;\nEOF\nsystemctl enable --now nginx";
        web.user_data = web.user_data.replace("systemctl enable --now nginx", conf);
        it.instances.insert("i-told".into(), web);
        it.target_groups.values_mut().for_each(|it| it.targets[0].id = "i-told".into());
    };
    plane.apply(with(told));
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    let client = text(&plane, "i-client").await;
    assert!(client.contains("token-1 seen 10.0.2.5\ncode=200"), "{client}");
    Ok(())
}

#[tokio::test]
async fn python_serves_a_folder_without_any_package() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    plane.apply(with(|it| {
        it.subnets.values_mut().for_each(|it| it.reaches_s3 = false);
        let script =
            "#!/bin/bash\nmkdir -p /srv/www && cd /srv/www\necho hello > index.html\npython3 -m http.server 80 &\n";
        it.instances.values_mut().for_each(|it| {
            if it.user_data != CLIENT {
                script.clone_into(&mut it.user_data);
            }
        });
        it.target_groups.values_mut().for_each(|it| it.health_check.http_path = None);
    }));
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    let client = text(&plane, "i-client").await;
    assert!(client.contains("hello\ncode=200"), "{client}");
    assert!(text(&plane, "i-web").await.contains("10.0.1.10 - - ["));
    Ok(())
}

#[tokio::test]
async fn a_hop_that_ends_cuts_what_was_open() -> io::Result<()> {
    let rejected: fn(&mut Topology) = |it| set_state(it, "rejected");
    for end in [rejected, |it| it.balancers.values_mut().for_each(|it| it.listeners.clear())] {
        let folder = tempfile::tempdir()?;
        let plane = plane(&folder, Pace::Instant)?;
        plane.apply(lab());
        let port = forward(&text(&plane, "i-client").await).ok_or(io::ErrorKind::NotFound)?;
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
        let mut buffer = vec![0; 4096];
        let read = stream.read(&mut buffer).await?;
        assert!(buffer[..read].starts_with(b"HTTP/1.1 200 OK"), "kept alive");
        plane.apply(with(end));
        // Closed or reset: no more data comes either way.
        let end = timeout(Duration::from_secs(5), stream.read_to_end(&mut buffer)).await;
        assert!(end.is_ok(), "still open");
    }
    Ok(())
}

/// Sends one request on a connection that stays open. Returns an empty text or an error if the connection was closed
/// or reset.
async fn ask(stream: &mut TcpStream) -> io::Result<String> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    let mut buffer = vec![0; 4096];
    let read = timeout(Duration::from_mins(1), stream.read(&mut buffer)).await??;
    Ok(String::from_utf8_lossy(&buffer[..read]).into_owned())
}

#[tokio::test]
async fn an_idle_connection_is_forgotten_and_reset_when_it_is_used_again() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Quick)?;
    // First longer than the endpoint remembers; then half a second at this pace.
    for (idle_seconds, lasts) in [(6000, true), (15, false)] {
        plane.apply(with(|it| {
            let listeners = it.balancers.values_mut().flat_map(|it| &mut it.listeners);
            listeners.for_each(|it| it.idle_seconds = idle_seconds);
        }));
        let deadline = Instant::now() + Duration::from_mins(1);
        let port = loop {
            if let Some(port) = forward(&text(&plane, "i-client").await)
                && text(&plane, "i-client").await.contains("code=200")
            {
                break port;
            }
            assert!(Instant::now() < deadline, "{}", text(&plane, "i-client").await);
            sleep(Duration::from_millis(50)).await;
        };
        loop {
            let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
            assert!(ask(&mut stream).await?.starts_with("HTTP/1.1 200 OK"));
            let begun = Instant::now();
            // The test is about a quiet connection, so there is no event to wait for.
            sleep(Duration::from_millis(1500)).await;
            let again = ask(&mut stream).await;
            // If the machine stood still for long, the result says nothing about the idle time.
            if lasts && begun.elapsed() > Duration::from_secs(8) {
                continue;
            }
            assert_eq!(again.as_ref().is_ok_and(|it| it.starts_with("HTTP/1.1 200 OK")), lasts, "{again:?}");
            break;
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_provider_s_own_test_passes_while_private_link_is_shut_out() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    // Drill 4: everything looks healthy, and requests still time out.
    plane.apply(with(|it| {
        let mut tester = it.instances["i-client"].clone();
        tester.vpc = "vpc-p".into();
        tester.subnet = "subnet-p".into();
        tester.address = "10.0.1.9".parse().unwrap_or(tester.address);
        tester.user_data = CLIENT.replace("vpce-1.example", "nlb.example");
        it.instances.insert("i-tester".into(), tester);
        let nlb = it.groups.entry("sg-nlb".into()).or_default();
        nlb.ingress = vec![rule(80, block("10.0.1.0", 24))];
    }));
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    assert!(text(&plane, "i-client").await.contains("exit=28"));
    // The client's address is kept for traffic from within the VPC, so nginx sees the tester itself.
    let tester = text(&plane, "i-tester").await;
    assert!(tester.contains("token-1 seen 10.0.1.9\ncode=200"), "{tester}");
    Ok(())
}

#[tokio::test]
async fn every_kind_of_loop_turns_once_a_call() -> io::Result<()> {
    let rows = [
        ("while true; do curl -s -m 5 -w 'turn\\n' http://vpce-1.example/; sleep 9; done", 3),
        ("while true; do curl -s -m 5 -w 'turn\\n' http://vpce-1.example/; done &\necho after", 3),
        ("until curl -sf -m 5 -w 'turn\\n' http://vpce-1.example/; do sleep 5; done\necho after", 3),
        ("curl -s -m 5 -w 'turn\\n' http://vpce-1.example/", 1),
    ];
    for (script, wanted) in rows {
        let folder = tempfile::tempdir()?;
        let plane = plane(&folder, Pace::Instant)?;
        plane.apply(with(|it| {
            set_state(it, "pendingAcceptance");
            for instance in it.instances.values_mut().filter(|it| it.user_data == CLIENT) {
                instance.user_data = format!("#!/bin/sh\n{script}\n");
            }
        }));
        for _ in 0..2 {
            plane.console("i-client").await;
        }
        let seen = text(&plane, "i-client").await;
        assert_eq!(seen.matches("turn\n").count(), wanted, "{script}\n{seen}");
        plane.apply(lab());
        let seen = text(&plane, "i-client").await;
        assert_eq!(seen.contains("token-1"), wanted == 3, "{script}\n{seen}");
    }
    Ok(())
}

#[tokio::test]
async fn strangers_on_the_inner_listeners_are_closed_at_once() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    plane.apply(lab());
    plane.target_health(GROUP).await;
    let places = plane.inner_addresses();
    assert_eq!(places.len(), 3, "endpoint, node, web server");
    for address in places {
        let mut stream = TcpStream::connect(address).await?;
        let mut answer = Vec::new();
        // Closed or reset, but never answered.
        let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn what_is_gone_no_longer_listens() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Instant)?;
    plane.apply(lab());
    plane.target_health(GROUP).await;
    plane.apply(with(|it| {
        set_state(it, "rejected");
        it.balancers.remove(NLB);
        it.instances.values_mut().for_each(|it| (it.running, it.terminated) = (false, true));
    }));
    assert!(plane.inner_addresses().is_empty());
    assert!(text(&plane, "i-web").await.contains("Complete!"), "a terminated instance's console can still be read");
    plane.apply(Topology::default());
    assert_eq!(text(&plane, "i-web").await, "");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_quick_pace_everything_runs_by_itself() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, Pace::Quick)?;
    plane.apply(with(|it| {
        set_state(it, "pendingAcceptance");
        let quick = CLIENT.replace("sleep 10", "sleep 0.2");
        it.instances.values_mut().filter(|it| it.user_data == CLIENT).for_each(|it| it.user_data = quick.clone());
    }));
    let mut states = Vec::new();
    for _ in 0..120 {
        let state = plane.target_health(GROUP).await[0].state.clone();
        if states.last() != Some(&state) {
            states.push(state);
        }
        if states.last().is_some_and(|state| state == "healthy") {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(states.first().map(String::as_str), Some("initial"));
    assert_eq!(states.last().map(String::as_str), Some("healthy"), "{states:?}");
    plane.apply(with(|it| {
        let quick = CLIENT.replace("sleep 10", "sleep 0.2");
        it.instances.values_mut().filter(|it| it.user_data == CLIENT).for_each(|it| it.user_data = quick.clone());
    }));
    for _ in 0..100 {
        if text(&plane, "i-client").await.contains("token-1 seen 10.0.1.10") {
            return Ok(());
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("{}", text(&plane, "i-client").await)
}

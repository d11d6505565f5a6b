//! Tests of a real nginx with the learner's own configuration, if this machine has one.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::sleep;

use crate::sandbox::Pace;
use crate::sandbox::plane::fixtures::{CLIENT, GROUP, WEB, keeper, lab, options};
use crate::sandbox::plane::{Plane, PlaneOptions, Topology};

/// A complete main file like Amazon Linux's, with another root, another log format, and more servers.
const OWN: &str = r#"#!/bin/bash
dnf install -y nginx
mkdir -p /srv/www
echo 'own <!--# echo var="remote_addr" --> via <!--# echo var="proxy_protocol_addr" -->' > /srv/www/index.html
cat > /etc/nginx/nginx.conf <<'EOF'
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
include /usr/share/nginx/modules/*.conf;
events { worker_connections 1024; }
http {
    log_format  main  'lab $remote_addr|$proxy_protocol_addr|$server_addr:$server_port|$request|$status';
    access_log  /var/log/nginx/access.log  main;
    sendfile on;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    include /etc/nginx/conf.d/*.conf;
    server {
        listen 80 LISTEN;
        listen [::]:80 LISTEN;
        server_name _;
        root /srv/www;
        ssi on;
        location = /health { access_log off; return 204; }
    }
}
EOF
systemctl enable --now nginx
tail -F /var/log/nginx/access.log > /dev/console &
"#;

fn nginx() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    keeper()?;
    folders.map(|folder| folder.join("nginx")).find(|program| program.is_file())
}

fn plane(folder: &TempDir, nginx: PathBuf) -> io::Result<Plane> {
    Plane::start(PlaneOptions { nginx: Some(nginx), keeper: keeper(), ..options(folder.path(), Pace::Instant) })
}

fn lab_with(web: &str, change: impl FnOnce(&mut Topology)) -> Topology {
    let mut topology = lab();
    topology.instances.values_mut().filter(|it| it.user_data == WEB).for_each(|it| web.clone_into(&mut it.user_data));
    change(&mut topology);
    topology
}

async fn text(plane: &Plane, id: &str) -> String {
    String::from_utf8_lossy(&plane.console(id).await.text).into_owned()
}

/// Waits until the web server's console contains `words`, and returns it: nginx's log comes from another process.
async fn console(plane: &Plane, words: &str) -> String {
    let end = Instant::now() + Duration::from_mins(1);
    loop {
        let seen = text(plane, "i-web").await;
        if seen.contains(words) || Instant::now() > end {
            return seen;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_main_file_of_one_s_own_is_run_by_the_real_one() -> io::Result<()> {
    let Some(nginx) = nginx() else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, nginx)?;
    plane.apply(lab_with(&OWN.replace("LISTEN", ""), |it| {
        it.target_groups.values_mut().for_each(|it| it.health_check.http_path = Some("/health".to_owned()));
    }));
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    let client = text(&plane, "i-client").await;
    assert!(client.contains("own 10.0.1.10 via -\ncode=200"), "{client}");
    let line = "lab 10.0.1.10|-|10.0.1.5:80|GET / HTTP/1.1|200\n";
    let web = console(&plane, line).await;
    assert!(web.contains(line) && !web.contains("/health"), "{web}");
    assert!(!web.contains("built-in"), "{web}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_balancer_s_header_is_told_as_on_aws() -> io::Result<()> {
    let trusting = "real_ip_header proxy_protocol; set_real_ip_from 10.0.1.0/24; ssi on;";
    for (more, wanted) in [("", "10.0.1.10"), (trusting, "10.0.2.5")] {
        let Some(nginx) = nginx() else { return Ok(()) };
        let folder = tempfile::tempdir()?;
        let plane = plane(&folder, nginx)?;
        let script =
            OWN.replace("LISTEN", "proxy_protocol").replace("ssi on;", if more.is_empty() { "ssi on;" } else { more });
        plane.apply(lab_with(&script, |it| it.target_groups.values_mut().for_each(|it| it.proxy_protocol_v2 = true)));
        assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
        let client = text(&plane, "i-client").await;
        assert!(client.contains(&format!("own {wanted} via 10.0.2.5\ncode=200")), "{client}");
        let line = format!("lab {wanted}|10.0.2.5|10.0.1.5:80|GET / HTTP/1.1|200\n");
        let web = console(&plane, &line).await;
        assert!(web.contains(&line) && !web.contains("built-in"), "{web}");
        // Without the header nginx answers no client.
        plane.apply(lab_with(&script, |_| {}));
        assert_eq!(plane.target_health(GROUP).await[0].state, "unhealthy");
    }
    Ok(())
}

/// nginx logs a request that it does not understand before it takes over the client's address.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_line_of_the_access_log_names_this_machine() -> io::Result<()> {
    for script in [WEB.to_owned(), OWN.replace("LISTEN", "")] {
        let Some(nginx) = nginx() else { return Ok(()) };
        let folder = tempfile::tempdir()?;
        let plane = plane(&folder, nginx)?;
        plane.apply(lab_with(&script, |it| {
            for group in it.target_groups.values_mut() {
                (group.proxy_protocol_v2, group.health_check.http_path) = (true, None);
            }
        }));
        assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
        let client = text(&plane, "i-client").await;
        assert!(client.contains("400 Bad Request"), "{client}");
        let web = console(&plane, "400").await;
        assert!(web.contains("10.0.1.10") && !web.contains("127.0."), "{web}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_reach_beyond_the_folder_is_left_to_the_built_in_server_which_says_so() -> io::Result<()> {
    let Some(nginx) = nginx() else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, nginx)?;
    let script = WEB.replace(
        "systemctl",
        "echo 'location /x { proxy_pass http://10.0.1.9; }' > /etc/nginx/default.d/x.conf\nsystemctl",
    );
    plane.apply(lab_with(&script, |_| {}));
    assert_eq!(plane.target_health(GROUP).await[0].state, "healthy");
    let web = text(&plane, "i-web").await;
    assert!(web.contains("\"proxy_pass\" is not run on this machine; the built-in page server answers"), "{web}");
    assert!(text(&plane, "i-client").await.contains("token-1 seen 10.0.1.10\ncode=200"));
    assert!(!folder.path().join("nginx").exists());
    Ok(())
}

/// Only nginx judges its regular expressions. On AWS it would not start with this one, so nothing answers here
/// either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nginx_alone_refuses_is_told_of_the_learner_s_line() -> io::Result<()> {
    let Some(nginx) = nginx() else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let plane = plane(&folder, nginx)?;
    let script = WEB.replace(
        "systemctl",
        "printf 'server {\\n  listen 8080;\\n  location ~ \"a(\" { return 204; }\\n}\\n' > /etc/nginx/conf.d/x.conf\nsystemctl",
    );
    plane.apply(lab_with(&script, |_| {}));
    assert_eq!(plane.target_health(GROUP).await[0].state, "unhealthy");
    let web = text(&plane, "i-web").await;
    assert!(web.contains("nginx: [emerg] ") && web.contains(" in /etc/nginx/conf.d/x.conf:3\n"), "{web}");
    assert!(!web.contains("built-in"), "{web}");
    Ok(())
}

#[tokio::test]
async fn a_configuration_that_is_none_starts_nothing() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = Plane::start(options(folder.path(), Pace::Instant))?;
    let script = WEB.replace("systemctl", "echo 'server { listen 80' > /etc/nginx/conf.d/x.conf\nsystemctl");
    plane.apply(lab_with(&script, |_| {}));
    assert_eq!(plane.target_health(GROUP).await[0].state, "unhealthy");
    let web = text(&plane, "i-web").await;
    assert!(
        web.contains("nginx: [emerg] unexpected end of file, expecting \";\" or \"}\" in /etc/nginx/conf.d/x.conf"),
        "{web}"
    );
    assert!(!CLIENT.is_empty() && text(&plane, "i-client").await.contains("curl: (7)"));
    Ok(())
}

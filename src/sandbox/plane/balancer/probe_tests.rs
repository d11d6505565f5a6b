//! What a health check sends, seen by a program in the web server's place.

use std::io;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::sandbox::Pace;
use crate::sandbox::plane::Plane;
use crate::sandbox::plane::fixtures::{GROUP, lab, options};
use crate::sandbox::plane::net::filter::Place;
use crate::sandbox::plane::net::proxy_protocol::{Decoded, decode};

#[tokio::test]
async fn a_health_check_under_proxy_protocol_speaks_in_its_own_name() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let plane = Plane::start(options(folder.path(), Pace::Instant))?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut topology = lab();
    topology.instances.values_mut().for_each(|it| it.user_data.clear());
    topology.target_groups.values_mut().for_each(|it| it.proxy_protocol_v2 = true);
    plane.apply(topology);
    let server = Place::Instance { id: "i-web".to_owned(), port: 80 };
    plane.network().fabric.open_outside(server, listener.local_addr()?);
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") || bytes.len() < 150 {
            if stream.read_buf(&mut bytes).await? == 0 {
                break;
            }
        }
        io::Result::Ok(bytes)
    });
    plane.target_health(GROUP).await;
    let bytes = seen.await.map_err(io::Error::other)??;
    // The fabric's own header tells the program here who calls.
    let Decoded::Header(caller, length) = decode(&bytes) else { panic!("{bytes:?}") };
    assert_eq!(caller.source.ip().to_string(), "10.0.1.10");
    let (header, request) = bytes[length..].split_at(100);
    assert_eq!((decode(header), header[12], header[15]), (Decoded::Local(100), 0x20, 84));
    assert!(request.starts_with(b"GET / HTTP/1.1\r\nHost: 10.0.1.10:80\r\n"), "{request:?}");
    Ok(())
}

//! The sandbox does not model what it lists as not modelled.

use pllab::inside::sandbox::differences;

use super::harness::RefusalLab;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_listed_as_different_is_refused_by_name() {
    let place = RefusalLab::open().await;
    let asked = tokio::task::spawn_blocking(move || {
        let (mut count, mut wrong) = (0, Vec::new());
        for difference in differences() {
            for request in difference.refused {
                count += 1;
                let (service, form) = request.split_once(' ').expect("a service and a form");
                let answer = place.call(0, service, form);
                let says = answer.element("Message").unwrap_or_default();
                if answer.status == 200 || !says.contains("pllab's sandbox does not model") {
                    wrong.push(format!("{}: {request}: {} {says}", difference.id, answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "modelled after all, or refused for something else:\n{}", wrong.join("\n"));
        assert!(count > 15, "{count} requests");
        place
    });
    asked.await.expect("all are refused").cloud.close().await;
}

//! A whole lab by hand under the policy: pllab may look at everything, whatever its name and tags; the learner may
//! make things that carry the lab's tags.

use super::super::harness::{Exchange, Fate, ManualLearner, Wire, at_a_time, receipt};
use super::evaluate::Tags;
use super::needs::{Known, Need};
use super::places::{LABS, Place, signed};
use super::{policy, strangers};

/// Does a lab by hand, up to the clean-up; returns the learner's calls and pllab's.
fn by_hand(place: &Place, tagged: bool) -> (Vec<Exchange>, Vec<Exchange>) {
    let making = Wire::open(&place.apart.url, |_| Fate::Pass);
    let words = format!("--learner aiko {}", place.profiles());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("tokio starts");
    let hand = runtime.block_on(async {
        let hand = ManualLearner::apart(&place.apart, place.lab, &place.wire.url(), &making.url(), &words).await;
        let mut hand = if tagged { hand.tagging() } else { hand };
        hand.all().await;
        hand
    });
    let machine = hand.over();
    let pllab = |words: &str| place.pllab(&machine, words);
    for words in ["status", "why --output json", "report", "check"] {
        let ran = pllab(words).run();
        // If a lab ends with a rejected connection, `why` reports it.
        assert!(matches!(ran.code, Some(0 | 1)), "{words}: {}{}", ran.out, ran.err);
    }
    let kept = pllab("clean --yes --output json").run().code(1).events();
    assert!(receipt(&kept).is_some_and(|(_, left, unknown)| left > 10 && unknown == 0), "{:?}", receipt(&kept));
    if tagged {
        let gone = pllab("clean --yes --with-mine --output json").run().code(0).events();
        assert!(receipt(&gone).is_some_and(|(gone, left, unknown)| gone > 10 && left + unknown == 0), "{gone:?}");
    }
    (making.exchanges(), place.wire.exchanges())
}

#[test]
fn watching_is_allowed_and_making_what_carries_no_tags_is_not() {
    at_a_time(&LABS, |lab| {
        let place = Place::open(*lab);
        let (made, watched) = by_hand(&place, false);
        let mut known = Known::default();
        let made = signed(&mut known, &made);
        let watched = signed(&mut known, &watched);
        assert!(watched.len() > 50, "{}", watched.len());
        let with = place.policies("--with hands-on");
        with.allow_all(&watched);
        let mut refused = 0;
        for need in made.iter().filter(|(_, it)| it.makes || it.resource_tags.is_some()) {
            let reads = need.1.action.contains(":Describe");
            assert_eq!(with.allow(need), reads, "without the lab's tags: {need:#?}");
            refused += usize::from(!reads);
        }
        assert!(refused > 20, "{refused}");
    });
}

#[test]
fn with_the_labs_tags_making_and_cleaning_by_hand_is_allowed_too() {
    at_a_time(&LABS, |lab| {
        let place = Place::open(*lab);
        let (made, watched) = by_hand(&place, true);
        let mut known = Known::default();
        let made = signed(&mut known, &made);
        let watched = signed(&mut known, &watched);
        let with = place.policies("--with hands-on");
        with.allow_all(&made);
        with.allow_all(&watched);
        // Nothing of other people's is changed.
        for (key, need) in made.iter().chain(&watched).filter(|(_, it)| it.resource_tags.is_some()) {
            let changes = !["Describe", "Get"].iter().any(|read| need.action.contains(&format!(":{read}")));
            for stranger in strangers().into_iter().filter(|_| changes) {
                let foreign = (key.clone(), Need { resource_tags: Some(stranger), ..need.clone() });
                assert!(!with.allow(&foreign), "{foreign:#?}");
            }
        }
    });
}

#[test]
fn hands_on_adds_nothing_but_looks() {
    for (lab, _) in LABS {
        let (with, without) = (policy(&format!("{lab} --with hands-on")), policy(lab));
        let before: Vec<&str> = without.actions().collect();
        let added: Vec<&str> = with.actions().filter(|it| !before.contains(it)).collect();
        let reads = |action: &&str| [":Describe", ":Get", ":List"].iter().any(|read| action.contains(read));
        assert!(added.iter().all(reads), "{lab}: {added:?}");
    }
    // Things without tags are covered too.
    let (with, without) = (policy("--with hands-on"), policy(""));
    let service = "arn:aws:ec2:ap-northeast-1:111122223333:vpc-endpoint-service/vpce-svc-0123456789abcdef0";
    let need = Need {
        action: "ec2:DescribeVpcEndpointServicePermissions".to_owned(),
        resource: service.to_owned(),
        resource_tags: Some(Tags::new()),
        makes: false,
        context: [("aws:RequestedRegion".to_owned(), ["ap-northeast-1".to_owned()].into())].into(),
    };
    assert!(with.allows(&need).is_some() && without.allows(&need).is_none());
}

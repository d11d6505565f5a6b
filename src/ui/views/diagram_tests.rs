use std::collections::BTreeMap;

use super::{Drawn, draw};
use crate::engine::event::{Lane, Link, LinkState, Mark, Node, Picture};
use crate::i18n::{Lang, Text};
use crate::lab::Side;
use crate::ui::text::line::paint;
use crate::ui::text::measure::wide_width;
use crate::ui::text::style::{GlyphSet, Layout, Style};
use crate::ui::views::diagram_words::diagram_in_words;

fn node(name: &str, label: &str, state: Option<&str>, mark: Mark, place: usize) -> Node {
    let tied = place == 1;
    Node {
        name: name.into(),
        label: label.into(),
        state: state.map(Text::from),
        details: Vec::new(),
        zones: BTreeMap::new(),
        mark,
        place,
        tied,
    }
}

fn vpc(side: Side, name: &str, nodes: Vec<Node>) -> Lane {
    Lane { side, name: name.into(), cidr: "10.0.0.0/16".into(), mark: Mark::There, zones: Vec::new(), nodes }
}

fn picture(state: LinkState, label: Option<&str>, client: Mark) -> Picture {
    let running = (client == Mark::There).then_some("running");
    Picture {
        vpcs: vec![
            vpc(
                Side::Consumer,
                "consumer-vpc",
                vec![
                    node("client", "EC2 client", running, client, 0),
                    node("endpoint", "endpoint", None, Mark::New, 1),
                ],
            ),
            vpc(
                Side::Provider,
                "provider-vpc",
                vec![
                    node("service", "endpoint service", None, Mark::There, 1),
                    node("nlb", "NLB (internal)", Some("active"), Mark::There, 2),
                    node("web", "EC2 nginx", Some("healthy"), Mark::There, 3),
                ],
            ),
        ],
        links: vec![Link {
            endpoint: "endpoint".into(),
            service: "service".into(),
            state,
            label: label.map(Text::from),
        }],
    }
}

/// A second consumer, whose connection is pending.
fn two_consumers() -> Picture {
    let mut picture = picture(LinkState::Up, Some("connected"), Mark::There);
    let nodes = vec![
        node("other-client", "EC2 client", Some("running"), Mark::There, 0),
        node("other", "endpoint", None, Mark::There, 1),
    ];
    picture.vpcs.push(vpc(Side::Consumer, "other-vpc", nodes));
    let (endpoint, service) = ("other".into(), "service".into());
    picture.links.push(Link { endpoint, service, state: LinkState::Pending, label: Some("pending".into()) });
    picture
}

fn style(lang: Lang, width: usize, glyphs: GlyphSet) -> Style {
    Style { lang, layout: Layout::Rich, width, glyphs }
}

fn drawn(picture: &Picture, lang: Lang, width: usize, glyphs: GlyphSet) -> String {
    let lines = draw(picture, &style(lang, width, glyphs), Drawn { mark_new: true, details: false });
    for line in &lines {
        let text = line.text();
        let cells = if glyphs == GlyphSet::Ascii { wide_width(text.trim_end()) } else { line.width() };
        assert!(cells <= width, "{cells} > {width}: {text}");
    }
    paint(&lines, false)
}

fn provider_only() -> Picture {
    let mut picture = picture(LinkState::Absent, None, Mark::Absent);
    let consumer = &mut picture.vpcs[0];
    consumer.mark = Mark::Absent;
    consumer.cidr = String::new();
    for node in &mut consumer.nodes {
        node.mark = Mark::Absent;
    }
    picture
}

#[test]
fn pending_in_japanese() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16                provider VPC 10.0.0.0/16
 +------------------------+              +-----------------------------+
 |   EC2 client  running  |   承諾待ち   |                             |
 | > +- endpoint - - - - -|- - - - - - - |-  endpoint service          |
 |                        |              |   +- NLB (internal)  active |
 |                        |              |      +- EC2 nginx  healthy  |
 +------------------------+              +-----------------------------+
 > このステップで作るもの
";
    assert_eq!(
        drawn(&picture(LinkState::Pending, Some("承諾待ち"), Mark::There), Lang::Ja, 80, GlyphSet::Ascii),
        expected
    );
}

#[test]
fn pending_in_japanese_narrow() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16
 +-----------------------------+
 |   EC2 client  running       |
 | > +- endpoint               |
 +-----------------------------+
     :  承諾待ち
     :
   provider VPC 10.0.0.0/16
 +-----------------------------+
 |   endpoint service          |
 |   +- NLB (internal)  active |
 |      +- EC2 nginx  healthy  |
 +-----------------------------+
 > このステップで作るもの
";
    assert_eq!(
        drawn(&picture(LinkState::Pending, Some("承諾待ち"), Mark::There), Lang::Ja, 40, GlyphSet::Ascii),
        expected
    );
}

#[test]
fn pending_in_english() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16                      provider VPC 10.0.0.0/16
 ┌────────────────────────┐ pending acceptance ┌───────────────────────────────┐
 │ > endpoint ─ ─ ─ ─ ─ ─ │ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─│─  endpoint service            │
 │                        │                    │   └─ NLB (internal)  active   │
 │                        │                    │      └─ EC2 nginx  healthy    │
 └────────────────────────┘                    └───────────────────────────────┘
 > created in this step
";
    assert_eq!(
        drawn(&picture(LinkState::Pending, Some("pending acceptance"), Mark::Absent), Lang::En, 80, GlyphSet::Unicode),
        expected
    );
}

#[test]
fn up() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16                provider VPC 10.0.0.0/16
 ┌────────────────────────┐              ┌───────────────────────────────┐
 │   EC2 client  running  │   接続済み   │                               │
 │ > └─ endpoint ━━━━━━━━━┿━━━━━━━━━━━━━━┿━> endpoint service            │
 │                        │              │   └─ NLB (internal)  active   │
 │                        │              │      └─ EC2 nginx  healthy    │
 └────────────────────────┘              └───────────────────────────────┘
 > このステップで作るもの
";
    assert_eq!(
        drawn(&picture(LinkState::Up, Some("接続済み"), Mark::There), Lang::Ja, 80, GlyphSet::Unicode),
        expected
    );
}

#[test]
fn up_in_ascii() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16                 provider VPC 10.0.0.0/16
 +------------------------+               +-----------------------------+
 |   EC2 client  running  |   available   |                             |
 | > +- endpoint =========|===============|=> endpoint service          |
 |                        |               |   +- NLB (internal)  active |
 |                        |               |      +- EC2 nginx  healthy  |
 +------------------------+               +-----------------------------+
 > created in this step
";
    assert_eq!(drawn(&picture(LinkState::Up, Some("available"), Mark::There), Lang::En, 80, GlyphSet::Ascii), expected);
}

#[test]
fn up_narrow() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16
 ┌───────────────────────────────┐
 │   EC2 client  running         │
 │ > └─ endpoint                 │
 └───────────────────────────────┘
     ┃  available
     v
   provider VPC 10.0.0.0/16
 ┌───────────────────────────────┐
 │   endpoint service            │
 │   └─ NLB (internal)  active   │
 │      └─ EC2 nginx  healthy    │
 └───────────────────────────────┘
 > created in this step
";
    assert_eq!(
        drawn(&picture(LinkState::Up, Some("available"), Mark::There), Lang::En, 40, GlyphSet::Unicode),
        expected
    );
}

#[test]
fn rejected() {
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16                provider VPC 10.0.0.0/16
 +------------------------+              +-----------------------------+
 |   EC2 client  running  |   rejected   |                             |
 | > +- endpoint - - - - -|- - - x - - - |-  endpoint service          |
 |                        |              |   +- NLB (internal)  active |
 |                        |              |      +- EC2 nginx  healthy  |
 +------------------------+              +-----------------------------+
 > created in this step
";
    assert_eq!(
        drawn(&picture(LinkState::Rejected, Some("rejected"), Mark::There), Lang::En, 80, GlyphSet::Ascii),
        expected
    );
}

#[test]
fn only_the_provider() {
    let expected = "\
\u{20}                                 provider VPC 10.0.0.0/16
                                +-----------------------------+
                                |   endpoint service          |
                                |   +- NLB (internal)  active |
                                |      +- EC2 nginx  healthy  |
                                +-----------------------------+
";
    assert_eq!(drawn(&provider_only(), Lang::En, 80, GlyphSet::Ascii), expected);
}

#[test]
fn only_the_provider_narrow() {
    let expected = "\
\u{20}  provider VPC 10.0.0.0/16
 +-----------------------------+
 |   endpoint service          |
 |   +- NLB (internal)  active |
 |      +- EC2 nginx  healthy  |
 +-----------------------------+
";
    assert_eq!(drawn(&provider_only(), Lang::Ja, 40, GlyphSet::Ascii), expected);
}

#[test]
fn every_width_is_kept_and_nothing_is_lost() {
    let states = [LinkState::Absent, LinkState::Pending, LinkState::Up, LinkState::Rejected];
    for (width, lang) in (36..130).flat_map(|width| Lang::ALL.map(|lang| (width, lang))) {
        for state in states {
            for glyphs in [GlyphSet::Ascii, GlyphSet::Unicode] {
                let mut picture = picture(state, Some("接続リクエストの承諾待ち"), Mark::There);
                picture.vpcs[0].nodes[1].label = "インターフェイスエンドポイント".into();
                picture.vpcs[0].nodes[1].state = Some("pendingAcceptance".into());
                let text = drawn(&picture, lang, width, glyphs);
                assert!(text.contains("EC2 nginx") && text.contains("endpoint service"), "{width}:\n{text}");
            }
        }
    }
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let mut picture = provider_only();
    picture.vpcs[1].mark = Mark::Absent;
    assert_eq!(drawn(&picture, Lang::Ja, 80, GlyphSet::Ascii), "");
}

#[test]
fn the_picture_in_words() {
    let pending = picture(LinkState::Pending, Some("承諾待ち"), Mark::There);
    let expected = [
        "consumer VPC (10.0.0.0/16) に EC2 client (running) があります。",
        "このステップで consumer VPC に endpoint を作ります。",
        "provider VPC (10.0.0.0/16) に endpoint service、NLB (internal) (active)、EC2 nginx (healthy) があります。",
    ];
    assert_eq!(diagram_in_words(&pending, Lang::Ja), expected);
    let mut up = picture(LinkState::Up, None, Mark::There);
    let last = diagram_in_words(&up, Lang::Ja).pop();
    let expected = "consumer VPC の endpoint は、作るとすぐに provider VPC の endpoint service につながります。";
    assert_eq!(last.as_deref(), Some(expected));
    up.vpcs[0].nodes.iter_mut().for_each(|node| node.mark = Mark::There);
    let last = diagram_in_words(&up, Lang::En).pop();
    let expected = "The endpoint in the consumer VPC is connected to the endpoint service in the provider VPC.";
    assert_eq!(last.as_deref(), Some(expected));
    up.vpcs[0].mark = Mark::New;
    assert_eq!(diagram_in_words(&up, Lang::Ja)[0], "このステップで consumer VPC (10.0.0.0/16) を作ります。");
}

#[test]
fn two_consumers_are_drawn_as_two() {
    for width in [40, 80, 120] {
        let text = drawn(&two_consumers(), Lang::En, width, GlyphSet::Unicode);
        for words in ["consumer-vpc 10.0.0.0/16", "other-vpc 10.0.0.0/16", "connected", "pending"] {
            assert!(text.contains(words), "{width}: {words}\n{text}");
        }
        assert_eq!(text.matches("EC2 client").count(), 2, "{text}");
    }
    let words = diagram_in_words(&two_consumers(), Lang::En);
    let told = words.iter().filter(|it| it.contains("endpoint service in the provider VPC")).count();
    assert_eq!(told, 2, "{words:?}");
    let expected = "\
\u{20}  consumer-vpc 10.0.0.0/16                     provider VPC 10.0.0.0/16
 ┌────────────────────────┐                   ┌───────────────────────────────┐
 │   EC2 client  running  │   connected   ┌━━━┿━> endpoint service            │
 │ > └─ endpoint ━━━━━━━━━┿━━━━━━━━━━━━━━━┘ ┆ │   └─ NLB (internal)  active   │
 └────────────────────────┘                 ┆ │      └─ EC2 nginx  healthy    │
                                            ┆ └───────────────────────────────┘
   other-vpc 10.0.0.0/16                    ┆
 ┌────────────────────────┐                 ┆
 │   EC2 client  running  │    pending      ┆
 │   └─ endpoint  ─ ─ ─ ─ │ ─ ─ ─ ─ ─ ─ ─ ─ ┘
 └────────────────────────┘
 > created in this step
";
    let text = drawn(&two_consumers(), Lang::En, 80, GlyphSet::Unicode);
    assert_eq!(text, expected, "\n{text}");
}

#[test]
fn the_large_picture_tells_addresses_zones_and_groups() {
    let mut picture = picture(LinkState::Up, Some("connected"), Mark::There);
    picture.vpcs[0].nodes[0].details = ["10.0.1.10", "apne1-az4", "client-sg"].map(Text::from).into();
    let large = Drawn { mark_new: false, details: true };
    let text = paint(&draw(&picture, &style(Lang::En, 100, GlyphSet::Unicode), large), false);
    assert!(["10.0.1.10", "apne1-az4", "client-sg"].iter().all(|it| text.contains(it)), "{text}");
    let small = drawn(&picture, Lang::En, 100, GlyphSet::Unicode);
    assert!(!small.contains("apne1-az4"), "{small}");
}

#[test]
fn zones_are_columns() {
    let mut picture = picture(LinkState::Up, Some("connected"), Mark::There);
    let provider = &mut picture.vpcs[1];
    provider.zones = vec!["apne1-az4".into(), "apne1-az1".into()];
    let zones = |of: &[(&str, &str)]| of.iter().map(|(zone, what)| ((*zone).into(), (*what).into())).collect();
    provider.nodes[1].zones = zones(&[("apne1-az1", "10.0.2.0/24"), ("apne1-az4", "10.0.1.20")]);
    provider.nodes[2].zones = zones(&[("apne1-az4", "10.0.1.30")]);
    let expected = "\
\u{20}  consumer VPC 10.0.0.0/16                 provider VPC 10.0.0.0/16
 ┌────────────────────────┐               ┌──────────────────────────────────┐
 │   EC2 client  running  │   connected   │           apne1-az4  apne1-az1   │
 │   └─ endpoint ━━━━━━━━━┿━━━━━━━━━━━━━━━┿━> endpoint service               │
 │                        │               │   └─ NLB (internal)  active      │
 │                        │               │           10.0.1.20  10.0.2.0/24 │
 │                        │               │      └─ EC2 nginx  healthy       │
 │                        │               │           10.0.1.30  -           │
 └────────────────────────┘               └──────────────────────────────────┘
";
    let large = Drawn { mark_new: false, details: true };
    let text = paint(&draw(&picture, &style(Lang::En, 100, GlyphSet::Unicode), large), false);
    assert_eq!(text, expected, "\n{text}");
    let words = diagram_in_words(&picture, Lang::En).join(" ");
    assert!(words.contains("NLB (internal) (active, apne1-az4: 10.0.1.20, apne1-az1: 10.0.2.0/24)"), "{words}");
    let small = drawn(&picture, Lang::En, 100, GlyphSet::Unicode);
    assert!(!small.contains("apne1-az4"), "{small}");
}

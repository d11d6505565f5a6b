use super::draw;
use crate::engine::event::{Lane, Link, LinkState, Mark, Node, Picture};
use crate::i18n::{Lang, Text};
use crate::ui::text::line::paint;
use crate::ui::text::measure::wide_width;
use crate::ui::text::style::{GlyphSet, Layout, Style};
use crate::ui::views::diagram_words::diagram_in_words;

fn node(label: &str, state: Option<&str>, mark: Mark, tied: bool) -> Node {
    Node { label: label.into(), state: state.map(Text::from), mark, tied }
}

fn picture(state: LinkState, label: Option<&str>, client: Mark) -> Picture {
    Picture {
        consumer: Lane {
            cidr: "10.0.0.0/16".into(),
            mark: Mark::There,
            nodes: vec![
                node("EC2 client", (client == Mark::There).then_some("running"), client, false),
                node("endpoint", None, Mark::New, true),
            ],
        },
        provider: Lane {
            cidr: "10.0.0.0/16".into(),
            mark: Mark::There,
            nodes: vec![
                node("endpoint service", None, Mark::There, true),
                node("NLB (internal)", Some("active"), Mark::There, false),
                node("EC2 nginx", Some("healthy"), Mark::There, false),
            ],
        },
        link: Link { state, label: label.map(Text::from) },
    }
}

fn style(lang: Lang, width: usize, glyphs: GlyphSet) -> Style {
    Style { lang, layout: Layout::Rich, width, glyphs }
}

fn drawn(picture: &Picture, lang: Lang, width: usize, glyphs: GlyphSet) -> String {
    let lines = draw(picture, &style(lang, width, glyphs), true);
    for line in &lines {
        let text = line.text();
        let cells = if glyphs == GlyphSet::Ascii { wide_width(text.trim_end()) } else { line.width() };
        assert!(cells <= width, "{cells} > {width}: {text}");
    }
    paint(&lines, false)
}

fn provider_only() -> Picture {
    let mut picture = picture(LinkState::Absent, None, Mark::Absent);
    picture.consumer.mark = Mark::Absent;
    picture.consumer.cidr = String::new();
    for node in &mut picture.consumer.nodes {
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
                picture.consumer.nodes[1].label = "インターフェイスエンドポイント".into();
                picture.consumer.nodes[1].state = Some("pendingAcceptance".into());
                let text = drawn(&picture, lang, width, glyphs);
                assert!(text.contains("EC2 nginx") && text.contains("endpoint service"), "{width}:\n{text}");
            }
        }
    }
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let mut picture = provider_only();
    picture.provider.mark = Mark::Absent;
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
    up.consumer.nodes.iter_mut().for_each(|node| node.mark = Mark::There);
    let last = diagram_in_words(&up, Lang::En).pop();
    let expected = "The endpoint in the consumer VPC is connected to the endpoint service in the provider VPC.";
    assert_eq!(last.as_deref(), Some(expected));
    up.consumer.mark = Mark::New;
    assert_eq!(diagram_in_words(&up, Lang::Ja)[0], "このステップで consumer VPC (10.0.0.0/16) を作ります。");
}

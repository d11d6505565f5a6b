use super::draw;
use crate::engine::event::{Lane, Link, LinkState, Mark, Node, Picture};
use crate::i18n::{Lang, Text};
use crate::ui::line::paint;
use crate::ui::look::{GlyphSet, Look, Manner};
use crate::ui::measure::wide_width;
use crate::ui::words::diagram_in_words;

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

fn look(lang: Lang, width: usize, glyphs: GlyphSet) -> Look {
    Look { lang, manner: Manner::Drawn, width, glyphs }
}

fn drawn(picture: &Picture, lang: Lang, width: usize, glyphs: GlyphSet) -> String {
    let lines = draw(picture, &look(lang, width, glyphs), true);
    for line in &lines {
        let text = line.text();
        let cells = if glyphs == GlyphSet::Ascii { wide_width(text.trim_end()) } else { line.width() };
        assert!(cells <= width, "{cells} > {width}: {text}");
    }
    paint(&lines, false)
}

#[test]
fn show_me() {
    for (state, label) in [(LinkState::Pending, Some("承諾待ち")), (LinkState::Up, Some("接続済み")), (LinkState::Rejected, Some("拒否")), (LinkState::Absent, None)] {
        for g in [GlyphSet::Ascii, GlyphSet::Unicode] {
            for w in [80, 40] {
                println!("{}", drawn(&picture(state, label, Mark::There), Lang::Ja, w, g));
            }
        }
    }
    let mut p = picture(LinkState::Absent, None, Mark::Absent);
    p.consumer.mark = Mark::Absent;
    p.consumer.cidr = String::new();
    p.consumer.nodes[1].mark = Mark::Absent;
    println!("{}", drawn(&p, Lang::En, 80, GlyphSet::Ascii));
    println!("{}", drawn(&p, Lang::En, 40, GlyphSet::Ascii));
}

//! The architecture in words, for pipes and for readers who cannot see a drawing.

use crate::engine::event::{Lane, LinkState, Mark, Node, Picture};
use crate::i18n::{Lang, Text, m};

/// Puts `picture` into sentences, one string each: the content of each VPC, what the step makes, and what ties the
/// VPCs together.
#[must_use]
pub fn diagram_in_words(picture: &Picture, lang: Lang) -> Vec<String> {
    let mut sentences = Vec::new();
    for (lane, name) in [(&picture.consumer, m::picture_consumer()), (&picture.provider, m::picture_provider())] {
        if lane.mark == Mark::Absent {
            continue;
        }
        if lane.mark == Mark::New {
            sentences.push(m::WordsNewVpc { cidr: lane.cidr.as_str(), name: &name }.text());
        }
        let there = in_words(lane, &[Mark::There, Mark::Broken], lang);
        if !there.is_empty() {
            sentences.push(m::WordsVpcWith { cidr: lane.cidr.as_str(), name: &name, nodes: there }.text());
        } else if lane.mark != Mark::New {
            sentences.push(m::WordsVpc { cidr: lane.cidr.as_str(), name: &name }.text());
        }
        let new = in_words(lane, &[Mark::New], lang);
        if !new.is_empty() {
            sentences.push(m::WordsNew { name: &name, nodes: new }.text());
        }
    }
    // An endpoint that is not made yet requests nothing.
    let asks = picture.link.state != LinkState::Pending || !is_new(&picture.consumer);
    if asks && let (Some(endpoint), Some(service)) = (tied(&picture.consumer), tied(&picture.provider)) {
        let state = picture.link.label.clone().unwrap_or_else(|| Text::literal(""));
        sentences.push(match picture.link.state {
            LinkState::Absent => m::WordsLinkAbsent { endpoint, service }.text(),
            LinkState::Pending => m::WordsLinkPending { endpoint, service, state }.text(),
            LinkState::Up if is_new(&picture.consumer) => m::WordsLinkAtOnce { endpoint, service }.text(),
            LinkState::Up => m::WordsLinkUp { endpoint, service }.text(),
            LinkState::Rejected => m::WordsLinkRejected { endpoint, service }.text(),
        });
    }
    for lane in [&picture.consumer, &picture.provider] {
        let broken = lane.nodes.iter().filter(|node| node.mark == Mark::Broken);
        sentences.extend(broken.map(|node| m::words_broken(&node.label)));
    }
    sentences.iter().map(|sentence| sentence.render(lang)).collect()
}

fn in_words(vpc: &Lane, marks: &[Mark], lang: Lang) -> String {
    let nodes = vpc.nodes.iter().filter(|node| marks.contains(&node.mark));
    let words: Vec<String> = nodes
        .map(|node| match &node.state {
            Some(state) => format!("{} ({})", node.label.render(lang), state.render(lang)),
            None => node.label.render(lang),
        })
        .collect();
    words.join(if lang == Lang::Ja { "、" } else { ", " })
}

/// Whether the lane's end of the tie is still to be made.
fn is_new(lane: &Lane) -> bool {
    lane.nodes.iter().any(|node| node.tied && node.mark == Mark::New)
}

fn tied(lane: &Lane) -> Option<&Text> {
    lane.nodes.iter().find(|node| node.tied && node.mark != Mark::Absent).map(|node: &Node| &node.label)
}

//! The architecture in words, for pipes and for readers who cannot see a drawing.

use crate::engine::event::{Lane, Link, LinkState, Mark, Picture};
use crate::i18n::{Lang, Text, m};
use crate::lab::Side;

/// Puts `picture` into sentences, one string each: the content of each VPC, what the step makes, and what ties the
/// VPCs together.
#[must_use]
pub fn diagram_in_words(picture: &Picture, lang: Lang) -> Vec<String> {
    let mut sentences = Vec::new();
    let lanes: Vec<&Lane> = [Side::Consumer, Side::Provider].iter().flat_map(|side| picture.side(*side)).collect();
    for lane in lanes.iter().filter(|lane| lane.mark != Mark::Absent) {
        let name = name(picture, lane);
        if lane.mark == Mark::New {
            sentences.push(m::WordsNewVpc { cidr: lane.cidr.as_str(), name: &name }.text());
        }
        let there = in_words(lane, &[Mark::There, Mark::Broken], lang);
        let new = in_words(lane, &[Mark::New], lang);
        if !there.is_empty() && lane.cidr.is_empty() {
            sentences.push(m::WordsPlan { name: &name, nodes: there }.text());
        } else if !there.is_empty() {
            sentences.push(m::WordsVpcWith { cidr: lane.cidr.as_str(), name: &name, nodes: there }.text());
        } else if lane.mark != Mark::New {
            sentences.push(m::WordsVpc { cidr: lane.cidr.as_str(), name: &name }.text());
        }
        if !new.is_empty() {
            sentences.push(m::WordsNew { name: &name, nodes: new }.text());
        }
    }
    sentences.extend(picture.links.iter().filter_map(|link| tie(picture, link)));
    for lane in lanes {
        let broken = lane.nodes.iter().filter(|node| node.mark == Mark::Broken);
        sentences.extend(broken.map(|node| m::words_broken(&node.label)));
    }
    sentences.iter().map(|sentence| sentence.render(lang)).collect()
}

/// A VPC's name: its side's, unless the side has several.
fn name(picture: &Picture, lane: &Lane) -> Text {
    match lane.side {
        side if picture.has_several(side) => Text::literal(&lane.name),
        Side::Consumer => m::picture_consumer(),
        Side::Provider => m::picture_provider(),
    }
}

/// What ties an endpoint to its service; `None` unless both exist.
fn tie(picture: &Picture, link: &Link) -> Option<Text> {
    let node = |name: &str| picture.node(name).filter(|node| node.mark != Mark::Absent);
    let lane = |name: &str| picture.vpcs.iter().find(|lane| lane.nodes.iter().any(|node| node.name == name));
    let (endpoint, service) = (node(&link.endpoint)?, node(&link.service)?);
    let (consumer, provider) = (name(picture, lane(&link.endpoint)?), name(picture, lane(&link.service)?));
    let is_new = endpoint.mark == Mark::New;
    let (endpoint, service) = (&endpoint.label, &service.label);
    let state = link.label.clone().unwrap_or_else(|| Text::literal(""));
    Some(match link.state {
        LinkState::Planned => m::WordsLinkPlanned { consumer, endpoint, provider, service }.text(),
        LinkState::Absent => m::WordsLinkAbsent { consumer, endpoint, provider, service }.text(),
        // An endpoint that is not made yet requests nothing.
        LinkState::Pending if is_new => return None,
        LinkState::Pending => m::WordsLinkPending { consumer, endpoint, provider, service, state }.text(),
        LinkState::Up if is_new => m::WordsLinkAtOnce { consumer, endpoint, provider, service }.text(),
        LinkState::Up => m::WordsLinkUp { consumer, endpoint, provider, service }.text(),
        LinkState::Rejected => m::WordsLinkRejected { consumer, endpoint, provider, service }.text(),
    })
}

fn in_words(vpc: &Lane, marks: &[Mark], lang: Lang) -> String {
    let nodes = vpc.nodes.iter().filter(|node| marks.contains(&node.mark));
    let words: Vec<String> = nodes
        .map(|node| {
            let mut about = node.state.iter().chain(&node.details).map(|text| text.render(lang)).collect::<Vec<_>>();
            about.extend(vpc.zones.iter().filter_map(|zone| Some(format!("{zone}: {}", node.zones.get(zone)?))));
            let label = node.label.render(lang);
            if about.is_empty() { label } else { format!("{label} ({})", about.join(", ")) }
        })
        .collect();
    words.join(if lang == Lang::Ja { "、" } else { ", " })
}

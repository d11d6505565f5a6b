//! Gates of open connections: a network ACL or a route table that drops packets stops what is open, too. Nothing is
//! asked for each packet: the gates are set when the topology changes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::crossing::Crossing;
use super::topology::Topology;
use crate::sandbox::plane::lock::lock;

/// A direction of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    There,
    Back,
}

impl Way {
    fn bit(self) -> u8 {
        match self {
            Self::There => 1,
            Self::Back => 2,
        }
    }
}

/// Whether packets of a connection get through.
#[derive(Default)]
pub struct Gate {
    /// The bits of the directions that are closed.
    closed: AtomicU8,
    changed: Notify,
}

impl Gate {
    /// Waits until data of this direction gets through. What was sent meanwhile is not lost: its sender sends it again.
    /// While only the other direction is closed, one more piece gets through and then nothing, because its sender hears
    /// no acknowledgement; `last` remembers that piece.
    pub async fn passes(&self, way: Way, last: &mut bool) {
        loop {
            // Before the look, so that no change is missed.
            let changed = match self.closed.load(Ordering::Acquire) {
                0 => {
                    *last = false;
                    return;
                }
                _ => self.changed.notified(),
            };
            let closed = self.closed.load(Ordering::Acquire);
            if closed & way.bit() == 0 && !*last {
                *last = closed != 0;
                return;
            }
            if closed != 0 {
                changed.await;
            }
        }
    }

    fn set(&self, crossings: &[Crossing], topology: &Topology) {
        let mut closed = 0;
        for (there, back) in crossings.iter().map(|crossing| crossing.ways(topology)) {
            let bit = |open: bool, way: Way| if open { 0 } else { way.bit() };
            closed |= bit(there, Way::There) | bit(back, Way::Back);
        }
        if self.closed.swap(closed, Ordering::AcqRel) != closed {
            self.changed.notify_waiters();
        }
    }
}

/// Where a connection crosses the border of a subnet, and its gate.
type Watched = (Vec<Crossing>, Arc<Gate>);

/// The gates of all open connections that leave a subnet.
#[derive(Default)]
pub struct Gates {
    open: Mutex<HashMap<u64, Watched>>,
    numbers: AtomicU64,
}

impl Gates {
    /// Records a connection. `topology` returns the newest topology: it is asked after the record is made, so that no
    /// change is missed.
    pub fn enter(&self, crossings: Vec<Crossing>, topology: impl FnOnce() -> Arc<Topology>) -> Passage<'_> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let gate = Arc::new(Gate::default());
        let mut open = lock(&self.open);
        gate.set(&crossings, &topology());
        open.insert(number, (crossings, Arc::clone(&gate)));
        Passage { gates: self, number, gate }
    }

    /// Judges every open connection again.
    pub fn judge_again(&self, topology: &Topology) {
        for (crossings, gate) in lock(&self.open).values() {
            gate.set(crossings, topology);
        }
    }
}

/// A recorded connection. Dropping it removes the record.
pub struct Passage<'a> {
    gates: &'a Gates,
    number: u64,
    pub gate: Arc<Gate>,
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        lock(&self.gates.open).remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::sandbox::plane::fixtures::{ip, lab};

    fn gets_through(gate: &Gate, way: Way, last: &mut bool) -> bool {
        let mut passing = std::pin::pin!(gate.passes(way, last));
        passing.as_mut().poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    #[test]
    fn a_closed_direction_stops_at_once_and_the_other_after_one_more_piece() {
        let mut topology = lab();
        topology.subnets.insert("subnet-d".into(), topology.subnets["subnet-c"].clone());
        let crossing = Crossing {
            from: "subnet-c".into(),
            to: "subnet-d".into(),
            source: ip("10.0.2.5"),
            sent_from: 40000,
            destination: ip("10.0.3.5"),
            port: 80,
        };
        let gates = Gates::default();
        let told = Arc::new(topology.clone());
        let passage = gates.enter(vec![crossing], || told);
        let (mut there, mut back) = (false, false);
        for _ in 0..3 {
            assert!(gets_through(&passage.gate, Way::There, &mut there));
            assert!(gets_through(&passage.gate, Way::Back, &mut back));
        }
        // The answers are dropped.
        let mut closed = topology.clone();
        closed.subnets.get_mut("subnet-d").expect("it is there").acl.outbound.clear();
        gates.judge_again(&closed);
        assert!(!gets_through(&passage.gate, Way::Back, &mut back));
        assert!(gets_through(&passage.gate, Way::There, &mut there));
        assert!(!gets_through(&passage.gate, Way::There, &mut there));
        // Who waits is woken, and a new connection begins as the topology is.
        let gate = Arc::clone(&passage.gate);
        let mut waiting = std::pin::pin!(gate.passes(Way::Back, &mut back));
        let mut context = Context::from_waker(Waker::noop());
        assert!(waiting.as_mut().poll(&mut context).is_pending());
        gates.judge_again(&topology);
        assert!(waiting.as_mut().poll(&mut context).is_ready());
        assert!(gets_through(&gate, Way::There, &mut there));
        drop(passage);
        assert!(lock(&gates.open).is_empty());
    }
}

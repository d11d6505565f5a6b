//! An account full of look-alikes: same names, same addresses, tags of other runs, another run in progress. Runs,
//! failures and clean-ups leave all of it as it was.

use super::harness::{Folder, Program, Strangers};

#[test]
fn look_alikes_are_left_alone() {
    let (ours, others) = (Folder::new(), Folder::new());
    // The faults strike after the look-alike and the other run have been made.
    let plan = "--fault CreateListener:3:lost-reply --fault CreateVpcEndpoint:7:internal-error --fault DeleteSubnet:1:lost-reply";
    let mut sandbox = ours
        .pllab(&format!("sandbox --output json --pace instant --quota L-F678F1CE=20 --quota L-1216C47A=64 {plan}"))
        .start();
    let ready = sandbox.ready();
    let account = Strangers::of_ready(&ready);
    let look_alike = account.look_alike();

    // Another learner's run, in progress.
    let note = others.state().join("sandbox");
    std::fs::create_dir_all(&note).expect("a folder can be made");
    std::fs::copy(ours.state().join("sandbox/live.json"), note.join("live.json")).expect("the note can be copied");
    others.pllab("start --yes --keep --output json").run().code(0);
    let text = account.ask("DescribeVpcs");
    let vpcs: Vec<String> = text.split("<vpcId>").skip(1).map(|rest| rest[..21].to_owned()).collect();
    assert!(vpcs.len() == 3 && vpcs.contains(&look_alike), "{vpcs:?}");
    // A look lets time pass; after two, nothing is in progress any more.
    account.everything(&vpcs);
    let before = account.everything(&vpcs);

    let same = |what: &str, ran: Program, codes: &[i32]| {
        let ran = ran.run();
        assert!(ran.code.is_some_and(|code| codes.contains(&code)), "{what}: {:?}\n{}", ran.code, ran.err);
    };
    same("a run that meets faults", ours.pllab("start --yes --output json"), &[0, 1, 3]);
    same("the same, resumed", ours.pllab("resume --yes --output json"), &[0, 1, 2, 3]);
    same("all cleaned", ours.pllab("clean --all --yes"), &[0, 1, 2, 3]);
    same("all cleaned again", ours.pllab("clean --all --yes"), &[0, 2]);
    same("a run that goes through", ours.pllab("start --yes --output json"), &[0]);
    let after = account.everything(&vpcs);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    others.pllab("check").run().code(0);
}

//! Regions and zones. Zone names differ per account and zone ids name the physical place, so the two accounts' names
//! disagree on purpose.

use std::net::Ipv4Addr;

/// A zone as one account sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Such as `ap-northeast-1a`. It means another place in another account.
    pub name: String,
    /// Such as `apne1-az4`. It means the same place in every account.
    pub id: String,
}

/// The name of an address inside its VPC (us-east-1 has its own, older form).
pub fn host_name(region: &str, address: Ipv4Addr) -> String {
    let host = format!("ip-{}", address.to_string().replace('.', "-"));
    if region == "us-east-1" { format!("{host}.ec2.internal") } else { format!("{host}.{region}.compute.internal") }
}

/// The hosted zone of a region's Network Load Balancers, for alias records (General Reference: "Elastic Load Balancing
/// endpoints").
pub fn canonical_hosted_zone(region: &str) -> Option<&'static str> {
    Some(match region {
        "ap-northeast-1" => "Z31USIVHYNEOWT",
        "ap-northeast-2" => "ZIBE1TIR4HY56",
        "ap-northeast-3" => "Z1GWIQ4HH19I5X",
        "ap-south-1" => "ZVDDRBQ08TROA",
        "ap-southeast-1" => "ZKVM4W9LS7TM",
        "ap-southeast-2" => "ZCT6FZBF4DROD",
        "ca-central-1" => "Z2EPGBW3API2WT",
        "eu-central-1" => "Z3F0SRJ5LGBH90",
        "eu-north-1" => "Z1UDT6IFJ4EJM",
        "eu-west-1" => "Z2IFOLAFXWLO4F",
        "eu-west-2" => "ZD4D7Y8KGAS4G",
        "eu-west-3" => "Z1CMS0P5QUZ6D5",
        "sa-east-1" => "ZTK26PT1VY4CU",
        "us-east-1" => "Z26RNL4JYFTOTI",
        "us-east-2" => "ZLMOA37VPKANP",
        "us-west-1" => "Z24FKFUX50B4VW",
        "us-west-2" => "Z18D5FSROUN65G",
        _ => return None,
    })
}

/// The regions that are modelled.
pub const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// The zones of `region`, as the account with this `index` names them. There are three in every region.
pub fn zones(region: &str, index: usize) -> Vec<Zone> {
    // Tokyo follows the lab's source: the first account sees 1a = az4, 1c = az1, 1d = az2.
    let (letters, numbers) = match region {
        "ap-northeast-1" => (["a", "c", "d"], [4, 1, 2]),
        _ => (["a", "b", "c"], [1, 2, 3]),
    };
    let short = short_name(region);
    (0..3)
        .map(|at| Zone {
            name: format!("{region}{}", letters[at]),
            id: format!("{short}-az{}", numbers[(at + index) % 3]),
        })
        .collect()
}

/// AWS's abbreviation of a region in zone ids: `apne1`, `use1`, `euc1`.
fn short_name(region: &str) -> String {
    region
        .split('-')
        .enumerate()
        .map(|(at, part)| match part {
            _ if at == 0 => part,
            "northeast" => "ne",
            "southeast" => "se",
            other if other.chars().all(|c| c.is_ascii_digit()) => other,
            other => &other[..1],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::zones;

    #[test]
    fn tokyo_is_named_differently_in_each_account() {
        let ids = |index| zones("ap-northeast-1", index).into_iter().map(|zone| zone.id).collect::<Vec<_>>();
        assert_eq!(ids(0), ["apne1-az4", "apne1-az1", "apne1-az2"]);
        assert_eq!(ids(1), ["apne1-az1", "apne1-az2", "apne1-az4"]);
        assert_eq!(zones("eu-central-1", 0)[1].id, "euc1-az2");
        assert_eq!(zones("ap-southeast-2", 0)[0].id, "apse2-az1");
    }
}

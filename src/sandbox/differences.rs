//! What the sandbox does not model, in both languages. It stands here because this room imports `host` only.

use super::keeper::{self, Lack};

/// One way in which the sandbox differs from AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// A stable name.
    pub id: &'static str,
    pub ja: &'static str,
    pub en: &'static str,
    /// Requests that meet this difference, as `service Action&Parameter=value`. The sandbox refuses each as not
    /// modelled.
    pub refused: &'static [&'static str],
}

/// Every known difference.
#[must_use]
pub fn differences() -> &'static [Difference] {
    DIFFERENCES
}

const fn difference(id: &'static str, ja: &'static str, en: &'static str) -> Difference {
    Difference { id, ja, en, refused: &[] }
}

impl Difference {
    const fn refuses(mut self, refused: &'static [&'static str]) -> Self {
        self.refused = refused;
        self
    }
}

const DIFFERENCES: &[Difference] = &[
    difference(
        "operations",
        "実装しているのはラボに必要な EC2・ELBv2・Route 53・STS・Service Quotas の操作だけです。未実装の操作・パラメータ・フィルターは、無視せずエラーを返します。",
        "Only the EC2, ELBv2, Route 53, STS and Service Quotas operations that the labs need exist. An operation, \
         parameter or filter that does not \
         exist is an error; none is ignored.",
    )
    .refuses(&["ec2 DescribeSpotPriceHistory", "ec2 DescribeVpcs&Filter.1.Name=colour&Filter.1.Value.1=red", "elasticloadbalancing CreateRule", "sts AssumeRole", "iam ListUsers"]),
    difference(
        "filters",
        "フィルターは AWS のドキュメントにあるものに対応しています。ここのリソースが持たない値のフィルターは、何にも一致しません。使えないのは、EBS の帯域、脆弱性スキャン、ウォーターマークなど、応答にも含めていない値のフィルターだけで、指定するとエラーになります。",
        "Filters are those that AWS documents; one for what no resource here has matches nothing. Only those for what \
         answers here do not tell either, such as the bandwidth of EBS, findings of scans and watermarks, are refused.",
    )
    .refuses(&["ec2 DescribeInstanceTypes&Filter.1.Name=ebs-info.ebs-optimized-info.baseline-iops&Filter.1.Value.1=1", "ec2 DescribeImages&Filter.1.Name=image-allowed&Filter.1.Value.1=true"]),
    difference(
        "no-default-vpc",
        "アカウントは空の状態で始まります。デフォルト VPC、インターネットゲートウェイ、NAT ゲートウェイ、キーペアなどはなく、作れません。一覧を取得すると空です。",
        "Accounts are born empty: no default VPC, no internet or NAT gateway, no key pairs and the like. None can be made; \
         their lists are empty.",
    )
    .refuses(&["ec2 CreateDefaultVpc", "ec2 CreateInternetGateway", "ec2 CreateNatGateway", "ec2 CreateKeyPair", "ec2 AllocateAddress"]),
    difference(
        "iam",
        "IAM ポリシーは評価しません。どのアクセスキーも、自分のアカウントのすべての操作を実行できます。DryRun も権限は調べません。",
        "IAM policies are not evaluated: each access key may do everything in its own account, and DryRun checks no \
         permission.",
    ),
    difference(
        "session-tokens",
        "一時的な認証情報 (セッショントークン) と署名付き URL は使えません。",
        "There are no session tokens and no presigned URLs.",
    ),
    difference(
        "consistency",
        "結果整合性とスロットリングは、頼まれたときだけ起こります (`--fault` の not-found、`--throttle aws`)。何も指定しなければ、作成したリソースは直後の呼び出しから必ず見え、呼び出しすぎの制限もありません。",
        "Eventual consistency and throttling happen only on request (not-found of `--fault`, `--throttle aws`). \
         Otherwise what was made is seen by the next call, and no call is one too many.",
    ),
    difference(
        "throttling",
        "`--throttle aws` のトークンバケットは EC2 の操作ごとに 1 つで、容量は AWS が公開している値です。ELBv2 は値が公開されていないため制限しません。組織全体での制限もありません。",
        "`--throttle aws` gives every EC2 operation a token bucket with the capacity that AWS documents. ELBv2's \
         numbers are not published, so it is not throttled; nor is there a limit for a whole organization.",
    ),
    difference(
        "open-connections",
        "NLB が接続を切るとき、AWS では次のパケットに RST が返りますが、ここではすぐにリセットします。エンドポイント、リスナー、NLB がなくなると、そこを通っていた接続もすぐに終わります (AWS での動作は文書化されていません)。",
        "A connection that the load balancer ends is reset at once; on AWS its next packet is. When an endpoint, a listener or \
         a load balancer goes, what it carried ends at once (AWS does not document what it does).",
    ),
    difference(
        "durations",
        "状態が変わるまでの時間は、よくある値を決め打ちしたものです。quick では約 30 分の 1 に縮め、instant では参照するたびに 1 段階進めます。",
        "Transitions take fixed, typical times. The quick pace shortens them to about a thirtieth; the instant pace \
         takes \
         one step each time a resource is looked at.",
    ),
    difference(
        "regions",
        "リージョンは、既定で有効なもののうち 17 だけです。オプトインが必要なリージョンとローカルゾーンはなく、AllRegions や AllAvailabilityZones を付けても結果は変わりません。",
        "There are 17 of the Regions that are enabled by default, no opt-in Regions and no Local Zones: AllRegions and \
         AllAvailabilityZones change nothing.",
    ),
    difference(
        "zones",
        "どのリージョンもアベイラビリティーゾーンは 3 つです。ゾーン名と ID の対応は、アカウントごとにわざとずらしてあります。",
        "Every region has three Availability Zones. Which name means which zone id differs between the accounts, on \
         purpose.",
    ),
    difference(
        "quotas",
        "クォータは、このサンドボックスの Service Quotas に載っているもの (`--quota` で変更可) と、EC2 Instance Connect Endpoint の数だけを調べます。終了したインスタンスの vCPU はすぐに数えなくなります。`start` などが自分で起こすサンドボックスでは、vCPU は 32 まで使えます。引き上げの申請はできません。",
        "The quotas that are checked are those that the sandbox's Service Quotas lists (`--quota` sets them) and the \
         number of EC2 Instance Connect Endpoints. A terminated instance stops counting at once. The sandbox that \
         `start` brings up for itself allows 32 vCPUs. No increase can be requested.",
    ),
    difference(
        "images",
        "AMI は Amazon Linux 2023 と Windows Server の代表だけで、ID とビルド日はサンドボックス独自のものです。インスタンスタイプも一部だけで、すべてのゾーンで提供されます。",
        "Images are one Amazon Linux 2023 per architecture and one Windows Server, with ids and build dates of the \
         sandbox's own. A few instance types are offered, in every zone.",
    ),
    difference(
        "volumes",
        "EBS ボリュームは、インスタンスごとのルートボリュームだけです。大きさ・タイプ・タグを記録して表示するだけで、追加・変更・デタッチはできません。",
        "Of EBS volumes there is each instance's root volume only: its size, type and tags are recorded and shown. None \
         can be added, changed or detached.",
    )
    .refuses(&["ec2 CreateVolume", "ec2 DetachVolume", "ec2 ModifyVolume"]),
    difference(
        "metadata-service",
        "インスタンスメタデータサービスはありません。MetadataOptions は記録して表示するだけです。",
        "There is no instance metadata service: MetadataOptions are recorded and shown, nothing more.",
    )
    .refuses(&["ec2 ModifyInstanceMetadataOptions"]),
    difference(
        "stop-force",
        "StopInstances の Force は受け付けますが、通常の停止と同じです。",
        "StopInstances accepts Force and stops in the usual way.",
    ),
    difference(
        "instance-attributes",
        "起動後に変更できるインスタンスの属性は、セキュリティグループ、終了保護、(停止中の) インスタンスタイプとユーザーデータだけです。",
        "Of an instance only its security groups, its termination protection and, while it is stopped, its type and \
         user data can be changed.",
    ),
    difference(
        "console-output",
        "GetConsoleOutput は、Latest を付けなくても最新の出力を返します。AWS では付けないと数分遅れます。",
        "GetConsoleOutput shows the current output without Latest too. On AWS it is minutes behind.",
    ),
    difference("ipv4-only", "IPv6 とデュアルスタックはありません。", "There is no IPv6 and no dual stack.")
    .refuses(&["ec2 CreateVpc&CidrBlock=10.0.0.0/16&AmazonProvidedIpv6CidrBlock=true", "ec2 AssignIpv6Addresses"]),
    difference(
        "dns-attributes",
        "名前解決は、インスタンスのコマンドと、このマシンに開くポートの宛先でだけまねをします。DNS サーバーはなく、enableDnsSupport を無効にした VPC では、名前は時間切れを待たずにすぐ引けなくなります。",
        "Names resolve for an instance's commands and for the ports on this machine only; there is no DNS server. Without \
         enableDnsSupport names fail at once, not after a time-out.",
    ),
    difference(
        "route53",
        "Route 53 にあるのはパブリックホストゾーンと TXT レコードだけです。ドメインの本当の所有者は問わず、どのアカウントのゾーンにあるレコードでも検証に使います。",
        "Route 53 has public hosted zones and TXT records only. Who really owns a domain is not asked: a record in any \
         account's zone proves it.",
    ),
    difference(
        "private-dns",
        "プライベート DNS 名の検証は、StartVpcEndpointServicePrivateDnsVerification を呼んだときにだけ行います。PrivateDnsEnabled を省くと無効です (AWS での既定の動作は文書と食い違う報告があります)。",
        "A private DNS name is verified only when StartVpcEndpointServicePrivateDnsVerification is called. Without \
         PrivateDnsEnabled it stays off (reports on what AWS does by default disagree with its documentation).",
    ),
    difference(
        "nacl",
        "PrivateLink の通信が NLB に入るときには、NLB のサブネットのネットワーク ACL を調べません (AWS での動作は文書化されていません)。DNS の通信も対象外です。開いている接続は、ネットワーク ACL やルートが再び通すまで、いつまでも待ちます (AWS ではやがて TCP が切れます)。",
        "PrivateLink traffic does not meet the network ACL of the load balancer's subnet on its way in (AWS does not \
         document it). Neither does DNS. An open connection that a network ACL or a route stops waits until it may pass \
         again, for ever if need be (on AWS TCP gives up in the end).",
    ),
    difference(
        "routes",
        "ルートのターゲットに指定できるのは、ネットワークインターフェイスとインスタンスだけです (ピアリングや NAT はありません)。インスタンスはパケットを転送しないので、VPC 内でほかのアドレスに向けたルートをたどった通信は届きません。",
        "A route can lead to a network interface or an instance only: there are no peerings and no NAT. Instances do not \
         forward, so what a route leads past its destination inside the VPC is lost.",
    )
    .refuses(&["ec2 CreateVpcPeeringConnection", "ec2 CreateTransitGateway", "ec2 EnableVgwRoutePropagation"]),
    difference(
        "security-group-peers",
        "セキュリティグループのルールの相手は、IPv4 の CIDR、同じアカウントのグループ、S3 のプレフィックスリストだけです。",
        "A security-group rule can name an IPv4 block, a group of the same account, or S3's prefix list.",
    ),
    difference(
        "prefix-list",
        "プレフィックスリストは S3 のものだけで、中の CIDR は見本です。東京とバージニア北部以外の ID は架空です。",
        "S3's prefix list is the only one; its blocks are samples, and its id is made up outside Tokyo and N. \
         Virginia.",
    ),
    difference(
        "aws-services",
        "AWS サービスへのエンドポイントは S3 のゲートウェイ型だけです。インターフェイス型は、サンドボックス内のエンドポイントサービスに対してだけ作れます。",
        "The only endpoint to an AWS service is S3's gateway. Interface endpoints reach the sandbox's own endpoint \
         services.",
    ),
    difference(
        "endpoint-policy",
        "エンドポイントポリシー、クロスリージョン接続、リソースエンドポイントは使えません。指定するとエラーになります。",
        "Endpoint policies, cross-Region access and resource endpoints do not exist; asking for them is an error.",
    )
    .refuses(&["ec2 CreateVpcEndpoint&VpcEndpointType=Resource", "ec2 DescribeVpcEndpointServices&ServiceRegion.1=us-east-1"]),
    difference(
        "instance-connect",
        "EC2 Instance Connect Endpoint は作成と削除、ネットワークインターフェイス、クォータまでです。トンネルと SSH 公開鍵の送信はできません。",
        "EC2 Instance Connect Endpoints come and go, have their network interface and their quotas. There are no \
         tunnels through them, and no SSH keys are pushed.",
    )
    .refuses(&["ec2-instance-connect SendSSHPublicKey"]),
    difference(
        "own-account-service",
        "同じアカウントからは、許可するプリンシパルがなくてもエンドポイントサービスが見つかります (2019 年の実機の動作。ドキュメントには記載がありません)。",
        "Within the own account an endpoint service is found without any allowed principal (as observed in 2019; AWS \
         does \
         not document it).",
    ),
    difference(
        "service-needs-active-nlb",
        "エンドポイントサービスは、NLB が active になるまで作れません (AWS での動作は文書化されていません)。",
        "An endpoint service can be made only once its load balancer is active (AWS does not document what it does).",
    ),
    difference(
        "accept-after-reject",
        "拒否した接続をあとから承諾することはできません (AWS での動作は文書化されていません)。承諾されないリクエストが期限切れになることもありません。",
        "A rejected connection cannot be accepted afterwards (AWS does not document what it does), and a request that \
         nobody accepts does not expire.",
    ),
    difference(
        "load-balancers",
        "ロードバランサーは内部向け Network Load Balancer の TCP リスナーだけです。TLS や UDP のターゲットグループは作れますが、使えるリスナーがありません。ターゲットはインスタンスか IP、ヘルスチェックは TCP か HTTP です。VPC の外のアドレスは登録できますが、そこへの経路がないので必ず unhealthy です。ロードバランサーが 8 つより多く連なる接続は届きません。TCP キープアライブのパケットは中継しないので、アイドルタイムアウトを延ばすのはデータだけです。instant のペースでは、アイドルタイムアウトは起きません。",
        "Load balancers are internal Network Load Balancers with TCP listeners. Target groups of TLS and UDP can be \
         made, but no listener can use them. Targets are instances or addresses; health checks are TCP or HTTP. An address outside the VPC can be registered, \
         but nothing leads there, so it is always unhealthy. A connection through more than eight load balancers in a row \
         is lost. TCP keepalive packets are not passed on, so only data keeps an idle connection alive; at the instant pace none times out.",
    )
    .refuses(&["elasticloadbalancing CreateLoadBalancer&Name=x&Type=application", "elasticloadbalancing CreateTargetGroup&Name=x&Protocol=HTTP", "elasticloadbalancing AddListenerCertificates"]),
    difference(
        "target-group-attributes",
        "preserve_client_ip.enabled は記録するだけです (PrivateLink の通信では、AWS でも効果がありません)。スティッキーセッション、target_group_health の各しきい値、unhealthy になってからのドレイン間隔は、既定値から変えられません。",
        "preserve_client_ip.enabled is only recorded (it has no effect on PrivateLink traffic on AWS either). Stickiness, the \
         thresholds of target_group_health and the draining interval of unhealthy targets keep their defaults.",
    )
    .refuses(&[
        "elasticloadbalancing ModifyTargetGroupAttributes&TargetGroupArn=arn:x&Attributes.member.1.Key=stickiness.enabled&Attributes.member.1.Value=true",
        "elasticloadbalancing ModifyTargetGroupAttributes&TargetGroupArn=arn:x&Attributes.member.1.Key=target_health_state.unhealthy.draining_interval_seconds&Attributes.member.1.Value=60",
    ]),
    difference(
        "user-data",
        "ユーザーデータは実行せず、小さなシェルとしてまねます。変数、展開、リダイレクト、ヒアドキュメント、if・for・while・case・関数、ジョブ、テスト、算術、set -e などと、echo、printf、cat、grep、cut、tr、head、tail、sort、date、curl、wget、nc -z、getent、dig +short、host、dnf、systemctl (nginx、httpd、スクリプトが書いたユニット)、python3 -m http.server など、よく使うコマンドがあります。ほかのコマンドには結果がなく、成功でも失敗でもありません。それに左右される行も飛ばし、コンソールに行番号を添えてそう書きます (set -e は止めません)。飛ばした中の exit・return・break などで終わっていたかもしれないときは、その先も動かしません。そのコマンドが書いたかもしれないファイルの中身も、わからないものとして扱います。配列、[[ =~ ]]、プロセス置換 (exec > >(tee) のほか)、シグナル (trap) はありません。ファイルの権限は見ません。set -x が見せるのはコマンドと代入だけです。cloud-config は write_files、packages、runcmd だけです。深さ 100、メモリー 4 MiB、ジョブ 64、計算し続ける時間 (約 1 分) までで、超えると終わります。PowerShell は while ($true)、curl.exe、Start-Sleep、Write-Host だけです。",
        "User data is imitated by a small shell and never executed. It has variables, expansions, redirections, \
         here-documents, if, for, while, case, functions, jobs, tests, arithmetic, set -e and the like, and the usual \
         commands: echo, printf, cat, grep, cut, tr, head, tail, sort, date, curl, wget, nc -z, getent, dig +short, host, \
         dnf, systemctl (nginx, httpd, and units that the script wrote), python3 -m http.server and some more. Any other \
         command has no result: it is neither success nor failure, what depends on it is skipped, and the console says \
         so with the line (set -e does not stop at it). Where a skipped exit, return, break or the like might have ended \
         the script, what follows is not run either; the content of files that such a command may have written is not known. \
         There are no arrays, no [[ =~ ]], no process substitution but exec > >(tee), no signals (trap); file modes are not looked at; set -x shows commands and \
         assignments only. Of a cloud-config write_files, \
         packages and runcmd are run. A script ends when it nests more than 100 deep, needs more than 4 MiB of memory, \
         or computes for about a minute without a rest; it has 64 jobs at most. Of PowerShell there are while ($true), \
         curl.exe, Start-Sleep and Write-Host.",
    ),
    difference(
        "nginx",
        "nginx は、このマシンにあれば本物を使い (--nginx builtin か PLLAB_NGINX=builtin で内蔵に戻せます。--labs のラボでは、--nginx real と指定しないかぎり内蔵です)、なければ内蔵のページサーバーを使います。本物も、置かれた設定 (nginx.conf、conf.d、default.d) を nginx と同じ規則で読み取り、許可リストにあるディレクティブだけを、ループバックのポートと専用のフォルダーに合わせて書き直して動かします。リストにないもの (TLS、proxy_pass や upstream、rewrite、ファイルを調べる if、認証、モジュールの読み込み、access.log 以外のログなど)、変数を含むパス、map の正規表現、名前付きキャプチャ、大きすぎるバッファなどがあるときは内蔵に替わり、そのディレクティブをコンソールに書きます。本物は、環境変数を渡さない別のプロセスで (Linux では Landlock と seccomp の中で) 動かし、休みなく数秒 CPU を使い続けると終了させます。ユーザーと worker の設定、error_log は見ません。内蔵がまねるのは、置いたファイル、SSI の一部、アクセスログ、proxy_protocol だけで、root や location などの設定は見ません。本物でも、このマシンのことを表す変数 ($hostname、$document_root など) は使えず、ページでは (none) になります。proxy_protocol のないポートの $proxy_protocol_addr と $proxy_protocol_port は、ログだけでなくページでも「-」になります (AWS では空か (none))。",
        "nginx is the real one where this machine has it (--nginx builtin or PLLAB_NGINX=builtin turns that off, and labs of \
         --labs get it with --nginx real only), and else a built-in page server. It runs in a process of its own without this \
         one's environment, on Linux behind Landlock and seccomp, and is ended when it uses the processor for seconds without a rest. The real one runs the configuration that was placed (nginx.conf, conf.d, default.d): it is read by nginx's own \
         rules, and the directives of an allow-list are written anew for loopback ports and a folder of its own. Where there is \
         anything else (TLS, proxy_pass and upstream, rewrite, if that asks for files, authentication, modules, logs other than \
         access.log), a path with a variable, a regular expression in map, a named group, or a buffer that is too large, the \
         built-in one takes over and the console names the directive. Users, workers and error_log are not looked at. The built-in one serves the files that were placed, a little SSI, an \
         access log and proxy_protocol; settings such as root and location are not looked at. In the real one variables that tell of \
         this machine ($hostname, $document_root and the like) are not run, and read (none) in pages; $proxy_protocol_addr and $proxy_protocol_port of a port without \
         proxy_protocol read - in pages too, not only in logs (on AWS they are empty, or (none)).",
    ),
    difference(
        "packages",
        "パッケージの取得に失敗しても dnf はあきらめません。AWS では数分で失敗し、スクリプトは先へ進みます。",
        "A dnf that cannot fetch packages never gives up. On AWS it fails after minutes, and the script goes on.",
    ),
    difference(
        "restart-replays",
        "停止して起動したインスタンスや再起動したインスタンスでは、ユーザーデータのループが続きます。AWS では最初の起動のときだけ動きます。",
        "When an instance is stopped and started, or rebooted, the loops of its user data go on. On AWS they run at the first boot \
         only.",
    ),
    difference(
        "health-probe-log",
        "quick では、ヘルスチェックのうち 30 回に 1 回だけをアクセスログに残します。",
        "At the quick pace only every thirtieth health check is written to the access log.",
    ),
    difference(
        "instance-disk",
        "インスタンスのディスクは、ユーザーデータが書いたファイルだけを覚えている模造品です。ファイルは 1,000 個まで、中身とパスを合わせて 16 MiB まで、パスは 4,096 バイト、64 階層までで、超えると No space left on device や File name too long になります。サーバーのログは 128 KiB を超えると新しい 64 KiB だけを残します。",
        "An instance's disk is an imitation that knows the files which user data wrote: 1,000 of them at most, 16 MiB with \
         their paths, and paths of 4,096 bytes and 64 names; what goes beyond that meets \"No space left on device\" or \"File name too \
         long\". A server's log that has grown beyond 128 KiB keeps its newest 64 KiB.",
    ),
    difference(
        "instance-ports",
        "インスタンスが待ち受けできるポートは 16 個までです。超えた分は開かず、コンソールにそう書きます。127.0.0.1 で待ち受けるポートには、そのインスタンス自身からだけつながります。",
        "An instance listens on 16 ports at most; what goes beyond that is not opened, and the console says so. A port of \
         127.0.0.1 is reached by the instance itself only.",
    ),
    difference(
        "forwards",
        "クライアントの curl の宛先ごとに、このマシンの 127.0.0.1 にポートを 1 つ開きます。AWS なら SSH などのトンネルが要るところです。",
        "For each address that a client's curl asks, a port on 127.0.0.1 of this machine is opened, where AWS would \
         need a \
         tunnel such as SSH's.",
    ),
    difference(
        "tls",
        "データ通信に TLS はありません (curl の https は失敗します)。",
        "The data plane has no TLS: curl of an https URL fails.",
    ),
    difference(
        "cost",
        "料金はかかりません。AWS では、エンドポイントは承諾待ちや拒否の状態でも課金されます。",
        "Nothing costs anything. On AWS an endpoint is billed while it waits for acceptance, and after it was \
         rejected.",
    ),
];

/// The protections around a real nginx that this machine lacks.
#[must_use]
pub fn of_this_machine() -> Vec<&'static Difference> {
    let lacks = keeper::lacks();
    LACKS.iter().filter(|(lack, _)| lacks.contains(lack)).map(|(_, difference)| difference).collect()
}

const LACKS: &[(Lack, Difference)] = &[
    (
        Lack::Files,
        difference(
            "nginx-files",
            "このマシンには Landlock がないため、本物の nginx が読み書きできるファイルを OS で制限できません。制限は設定ファイルの書き換えだけが頼りです (--nginx builtin で内蔵のページサーバーになります)。",
            "This machine has no Landlock, so the system does not keep the real nginx to the files of its folder; only the \
             configuration that is written for it does (--nginx builtin uses the built-in page server).",
        ),
    ),
    (
        Lack::Ports,
        difference(
            "nginx-ports",
            "このマシンのカーネルは、本物の nginx が使う TCP ポートを制限できません (Landlock ABI 4 が必要です)。",
            "The kernel of this machine cannot keep the real nginx to its own TCP ports (that takes Landlock ABI 4).",
        ),
    ),
    (
        Lack::Signals,
        difference(
            "nginx-signals",
            "このマシンのカーネルは、本物の nginx が送るシグナルを制限できません (Landlock ABI 6 か seccomp が必要です)。",
            "The kernel of this machine cannot keep the real nginx from sending signals (that takes Landlock ABI 6, or \
             seccomp).",
        ),
    ),
    (
        Lack::Calls,
        difference(
            "nginx-calls",
            "このマシンでは、本物の nginx が呼び出せるシステムコールを seccomp で制限できません (x86_64 か aarch64 の Linux が必要です)。",
            "This machine cannot keep the real nginx to the system calls that it needs (that takes seccomp, on Linux on \
             x86_64 or aarch64).",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::{LACKS, differences};

    #[test]
    fn each_difference_is_told_once_in_both_languages() {
        let all: Vec<_> = differences().iter().chain(LACKS.iter().map(|(_, difference)| difference)).collect();
        for (at, one) in all.iter().enumerate() {
            assert!(!one.ja.is_ascii() && one.en.is_ascii(), "{}", one.id);
            assert!(one.ja.ends_with('。') && one.en.ends_with('.'), "{}", one.id);
            assert!(!all[..at].iter().any(|other| other.id == one.id), "{}", one.id);
        }
    }
}

# 何人かで使うアカウント: タグで見つけたものと、pllab のものではないもの。

shared-arg-everyone = 全受講者の、pllab のタグが付いたリソース。対象は --target か --endpoint-url で指定するアカウント
shared-arg-confirm-everyone = --everyone --yes と併用: 確認の語を入力せずに、ほかの受講者のリソースも削除する
shared-everyone-where = --everyone には対象のアカウントが必要です: --target aws か --endpoint-url URL
shared-place-needs-all = アカウントは指定されていますが、片付ける範囲がありません: --all (自分の分) か --everyone
shared-everyone-needs-word = --yes だけでは、ほかの受講者のリソースを削除できません
shared-everyone-detail = まず --yes なしで一覧を確認してください。スクリプトでは --yes --confirm-everyone を指定します。
shared-strange-run = タグ pllab:run の値 `{ $run }` は実行の ID ではありません。そのリソースには触れません
shared-column-learner = 受講者
shared-column-run = 実行
shared-column-left = 残り
shared-found = アカウント { $account } に残っているもの (タグで検索):
shared-costs = 全部で 1 時間あたり約 { $hour }、1 日で約 { $day } かかっています ({ $date } に確かめた定価)。実際の請求額は AWS が決めます。
shared-zones-unseen = Route 53 のホストゾーンは探せませんでした (権限がない、対応していない、またはつながらないため)。ホストゾーンを作るのはラボ private-dns だけです。
shared-nothing = アカウント { $account } に、pllab のタグが付いたものは残っていません。
shared-nothing-of = アカウント { $account } に、受講者 { $learner } のものは残っていません。別の名前で始めた場合は --learner NAME で指定してください。
shared-others =
    { $learners ->
        [one] ほかの受講者 { $learners } 人の実行が { $runs } 件ありますが、触れません。
       *[other] ほかの受講者 { $learners } 人の実行が { $runs } 件ありますが、触れません。
    }
shared-ask = { $runs } 件の実行のリソース { $things } 個を削除しますか
shared-type-everyone = { $runs } 件の実行のリソース { $things } 個を、ほかの人の分も含めて削除します。続けるには次の語を入力してください: { $word }
shared-late = AWS がネットワークインターフェイスを削除するのを待っています
shared-stranger = { $vpc } に、pllab が作ったものではない { $what } があります。これは削除しません。残っている間、VPC は削除できません。
shared-receipt-foreign = 残っています (pllab 以外)
shared-receipt-foreign-why = pllab が作ったものではないものが残っている間、VPC は削除できません。ご自身で削除してから、もう一度片付けてください。
kind-network-interface = ネットワークインターフェイス
shared-receipt-foreign-sandbox = サンドボックスは停止しています。別のターミナルで pllab sandbox を実行すると、同じ中身でもう一度開くので、そこで削除できます。

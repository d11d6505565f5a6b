cli-arg-fault = わざと起こす障害。例: CreateVpc:2:lost-reply (複数可)
cli-arg-faults = 障害計画のファイル (YAML か JSON)

fault-bad-rule = { $place }: `{ $rule }` は障害の指定ではありません
fault-bad-form = OPERATION:CALLS:FAULT の形で指定します。例: CreateVpcEndpoint:2:lost-reply
fault-bad-operation = サンドボックスに `{ $name }` という操作はありません。名前の末尾の `*` は、そこまでが同じ操作すべてを表します。
fault-bad-calls = `{ $calls }` では何回目の呼び出しか分かりません。2、2-4、2- (以降すべて)、* のいずれかにします。
fault-bad-kind = `{ $kind }` という障害はありません。
fault-bad-value = `{ $value }`: 時間は 300ms や 2s の形で、1 時間までです。not-found には呼び出しの回数も指定できます。
fault-kinds = 障害の種類: { $kinds }
fault-bad-file = { $place }: 障害計画を読めません
fault-file-form = 計画は {"{"} operation: CreateVpc, calls: 2, fault: lost-reply {"}"} のような項目の一覧です。
fault-too-late = サンドボックスはすでに動いています (プロセス { $pid })。障害計画は起動時にだけ読みます。先に終了してください

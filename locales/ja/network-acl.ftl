# ネットワーク ACL。
action-network-acl = ネットワーク ACL { $name } をルールとともに作成し、{ $subnet } に関連付ける
label-network-acl = ネットワーク ACL { $name }
kind-network-acl = ネットワーク ACL
point-outbound = アウトバウンドルール

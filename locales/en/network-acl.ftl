# A network ACL.
action-network-acl = Create the network ACL { $name } with its rules and associate it with { $subnet }
label-network-acl = Network ACL { $name }
kind-network-acl = network ACL
point-outbound = outbound rules

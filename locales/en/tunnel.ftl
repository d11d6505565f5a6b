# `pllab browse` on AWS: through an EC2 Instance Connect Endpoint.

tunnel-arg-tunnel = Go through an EC2 Instance Connect Endpoint, even where there is another way
tunnel-ask = To open the page from here, pllab creates an EC2 Instance Connect Endpoint in the consumer VPC, its security group, and a rule that lets it reach the client's port { $port }. The endpoint is free of charge; clean-up deletes all three. It takes a few minutes.
tunnel-go = Create them
tunnel-tools = programs that are needed to open the page are missing on this machine
tunnel-by-hand = By hand, on a machine that has them:
tunnel-not-made = the connection to the client could not be set up
tunnel-broken = the tunnel to the client could not be opened
tunnel-slow = no answer within { $seconds } s
tunnel-same = To do the same by hand (this also opens a shell on the client):
tunnel-desktop = The tunnel is open. Connect Remote Desktop, as `Administrator`, to:
tunnel-password = If the instance was launched with a key pair, this command returns the password, up to 15 minutes after launch; `KEY.pem` is the private key file. pllab launches the client without a key pair: you cannot sign in to its desktop, and the result is in its console output. "See the Windows desktop" in docs/aws.md explains how to launch it yourself.
tunnel-desktop-page = In the browser of that desktop, open this URL (nothing arrives until the connection is accepted):
tunnel-same-desktop = To open the same tunnel by hand:
label-connect-endpoint = EC2 Instance Connect Endpoint { $name }
label-security-group-rule = security group rule { $name }
kind-connect-endpoint = Connect Endpoint
kind-security-group-rule = security group rule
tunnel-over = the tunnel to the client has ended
tunnel-odd = `{ $found }` is not an id, a host name or a Region, so no command is run with it

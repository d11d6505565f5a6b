# `pllab browse` on AWS: through an EC2 Instance Connect Endpoint.

tunnel-arg-tunnel = Go through an EC2 Instance Connect Endpoint, even where there is another way
tunnel-ask = To open the page from here, pllab makes an EC2 Instance Connect Endpoint in the consumer VPC, its security group, and a rule that lets it reach the client's port { $port }. The endpoint is free of charge; clean-up deletes all three. It takes a few minutes.
tunnel-go = Make it
tunnel-tools = programs that the way to the page needs are missing on this machine
tunnel-by-hand = By hand, on a machine that has them:
tunnel-not-made = the way to the client could not be made
tunnel-broken = the tunnel to the client did not come up
tunnel-slow = no answer within { $seconds } s
tunnel-same = The same by hand (it also opens a shell on the client):
tunnel-desktop = The tunnel stands. Connect Remote Desktop, as `Administrator`, to:
tunnel-password = This tells the password, up to 15 minutes after the launch, where the instance was launched with a key pair; `KEY.pem` is its file. pllab launches the client without one: then its desktop cannot be signed in to, and the proof is on its console. "Tell me more" in step 7 says how to launch it yourself.
tunnel-desktop-page = In the browser of the desktop, open (there is no page before acceptance):
tunnel-same-desktop = The same tunnel by hand:
label-connect-endpoint = EC2 Instance Connect Endpoint { $name }
label-security-group-rule = security group rule { $name }
kind-connect-endpoint = Connect Endpoint
kind-security-group-rule = security group rule
tunnel-over = the tunnel to the client has ended
tunnel-odd = `{ $found }` is no id, host name or region; no command is run with it

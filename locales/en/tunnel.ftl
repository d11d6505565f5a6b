# `pllab browse` on AWS: through an EC2 Instance Connect Endpoint.

tunnel-arg-tunnel = Go through an EC2 Instance Connect Endpoint, even where there is another way
tunnel-ask = To open the page from here, pllab makes an EC2 Instance Connect Endpoint in the consumer VPC, its security group, and a rule that lets it reach the client's port 22. The endpoint is free of charge; clean-up deletes all three. It takes a few minutes.
tunnel-go = Make it
tunnel-tools = programs that the way to the page needs are missing on this machine
tunnel-by-hand = By hand, on a machine that has them:
tunnel-not-made = the way to the client could not be made
tunnel-broken = the tunnel to the client did not come up
tunnel-slow = no answer within { $seconds } s
tunnel-same = The same by hand (it also opens a shell on the client):
tunnel-windows = the client is Windows: its browser is reached by Remote Desktop, which pllab does not open
tunnel-windows-detail = On a VPC with an EC2 Instance Connect Endpoint whose group may reach port 3389 of the client, the command below opens a tunnel; then connect Remote Desktop to localhost:13389.
tunnel-windows-password = AWS gives out the Administrator password only where the instance was launched with a key pair, by the second command. pllab launches the client without one: then its desktop cannot be signed in to, and the proof is on its console. "Tell me more" in step 7 says how to launch it yourself with one.
label-connect-endpoint = EC2 Instance Connect Endpoint { $name }
label-security-group-rule = security group rule { $name }
kind-connect-endpoint = Connect Endpoint
kind-security-group-rule = security group rule
tunnel-over = the tunnel to the client has ended

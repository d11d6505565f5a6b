# What the engine asks and says.
engine-recovering = { $n ->
    [one] One call
   *[other] { $n } calls
 } had no outcome on record when pllab last ended. pllab now checks through the API what became of them.
engine-ahead = { $what } takes minutes to become ready, so pllab starts creating it now.
engine-longer-than-usual = { $seen } (longer than usual)
engine-deleting = Delete: { $what }
engine-failed = Could not continue: { $code } { $message }
picture-client = client
picture-web = EC2 nginx
picture-instance = EC2
picture-nlb = NLB (internal)
picture-service = endpoint service
picture-endpoint = endpoint
picture-link-pending = pending acceptance
picture-link-up = connected
engine-in-use = something else still uses it ({ $code })
picture-named = { $label } { $name }

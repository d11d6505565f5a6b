# The path as it is shown (pllab why).
rung-holds = passes
rung-broken = stops here
rung-not-yet = not yet
rung-not-made = not created yet
rung-cannot-tell = cannot tell
rung-not-reached = not checked (stopped earlier)
rung-asked = expected: { $expected }
path-whole = The whole path works, from the client to the page.
path-unsure = Nothing broken was found, but some hops could not be checked.
path-ends = The first broken hop: { $title }
picture-broken = the path stops here
words-broken = The path stops at the { $node }.
cli-why = Trace the path hop by hop and name the first broken one (read-only)
cli-why-no-path = This lab has no path to trace.
cli-why-no-path-detail = A path runs between the client and the endpoint named by a check of the lab: page or answer.

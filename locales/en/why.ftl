# The path as it is shown (pllab why).
rung-holds = holds
rung-broken = ends here
rung-not-yet = not yet
rung-not-made = not made yet
rung-cannot-tell = cannot tell
rung-not-reached = not reached
rung-asked = expected: { $expected }
path-whole = Every rung holds, from the client to the page.
path-unsure = No rung fails, but some could not be asked.
path-ends = The first broken hop: { $title }
picture-broken = the path ends here
words-broken = The path ends at the { $node }.
cli-why = Trace the path rung by rung and name the first broken hop (read-only)
cli-why-no-path = This lab has no path to trace.
cli-why-no-path-detail = A path runs from the client to the endpoint that a check of the lab names: page or answer.

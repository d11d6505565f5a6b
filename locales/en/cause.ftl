# Faults whose cause is known.

cause-endless-list = The endpoint's list has no end, so pllab stopped reading it. No real service does that. Check the endpoint's URL, and anything between you and the endpoint, such as a proxy.
cause-endless-reply = The endpoint's answer is longer than any real one, so pllab stopped reading it. Check the endpoint's URL, and anything between you and the endpoint, such as a proxy.
cause-endless-wait = The endpoint's answer began and did not end, so pllab stopped waiting. Check the endpoint's URL, and your network.
cause-redirected = The endpoint redirects calls to another place. pllab does not follow, because your signature would be sent there too. If you trust that place, name it with --endpoint-url.
cause-clock-off = This machine's clock is wrong, and signed calls carry the time. Your credentials are not the cause. Set the clock (turn on time synchronization), then continue.
cause-storage-full = The disk of the sandbox's folder is full. The call had no effect. Free some space, then continue.
cause-folder-gone = The sandbox's folder was moved or deleted while the sandbox ran. The call had no effect. Put the folder back where it was, or begin a new run.
cause-read-only = The sandbox's folder is on a file system that can only be read. The call had no effect. Make it writable, or begin a run elsewhere with --state-dir.
cause-access-denied = The sandbox may not use its folder. The call had no effect. Check the folder's owner and permissions, then continue.
cause-out-of-files = The sandbox has too many files and connections open. End other programs that use it, or raise the limit (ulimit -n) and start it again.
cause-cannot-write = The sandbox cannot use its folder; its message says why. The call had no effect.

---- MODULE AnyAnswerCounts ----
(* Any answer is taken for the one to RELEASE or KEEP. *)
EXTENDS Family

BrokenAwaited(o, p, m) == IF m.ans THEN o.awaited \ {p} ELSE o.awaited
===============================

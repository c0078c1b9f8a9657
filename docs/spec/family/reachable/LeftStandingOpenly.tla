---- MODULE LeftStandingOpenly ----
(* An operator abandons a part, and its effect stays though the flow is undone. *)
EXTENDS Family

Never == ~(AllRest /\ flow.st = "UNDONE" /\ \E p \in Parts : part[p].fx > 0)
===============================

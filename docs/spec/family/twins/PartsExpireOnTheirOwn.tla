---- MODULE PartsExpireOnTheirOwn ----
(* Rule 4: a part that is released expires within the window of its root. *)
EXTENDS Family

BrokenMayExpire(p) == ~part[p].kept
===============================

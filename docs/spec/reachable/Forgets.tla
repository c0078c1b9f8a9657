---- MODULE Forgets ----
(* An UNDO finds that Redis was emptied, and runs its handler. *)
EXTENDS Flow

Never == ~(\E r \in runs : r.act = "UNDO" /\ r.s \in forgot /\ fence[r.s].before = "IN_DOUBT")
========================

---- MODULE Fenced ----
(* A DO meets the tombstone that its UNDO left. *)
EXTENDS Flow

Never == ~(\E a \in answers : a.act = "DO" /\ a.out = "FENCED")
=======================

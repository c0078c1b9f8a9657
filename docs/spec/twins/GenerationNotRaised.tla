---- MODULE GenerationNotRaised ----
(* What comes to light after an UNDO is undone in the same generation. *)
EXTENDS Flow

BrokenNextGeneration(x) == [x EXCEPT !.db = x.ds, !.ub = x.us]
====================================

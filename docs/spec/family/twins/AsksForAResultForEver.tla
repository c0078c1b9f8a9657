---- MODULE AsksForAResultForEver ----
(* A step whose part refuses to go back fails again, because it has no result. *)
EXTENDS Family

BrokenRefused(o, p, place) ==
  [Move(o, {p}, place) EXCEPT !.phase = IF @ = "UNDO" THEN @ ELSE "FORWARD"]
===============================

---- MODULE SignalsAreNotReturned ----
(* Rule 5: a part keeps a signal that none of its steps takes. *)
EXTENDS Family

BrokenHearsSignal(p, n) ==
  IF WaitsForSignal(part[p])
  THEN /\ Answers(p, [part[p] EXCEPT !.needs = FALSE], FALSE) /\ taken' = taken \cup {n}
  ELSE /\ Answers(p, part[p], FALSE) /\ UNCHANGED taken
===============================

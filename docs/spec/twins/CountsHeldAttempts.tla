---- MODULE CountsHeldAttempts ----
(* An attempt that the breaker has held back counts. *)
EXTENDS Flow

RightIsHeld == {"right"}

BrokenHoldBack(o, p) ==
  [p EXCEPT !.step =
     [s \in Steps |->
        IF s \in Breakers /\ p.step[s].ds > o.step[s].ds
        THEN [p.step[s] EXCEPT !.st = "HELD", !.open = 0, !.due = "no"]
        ELSE p.step[s]]]
===============================

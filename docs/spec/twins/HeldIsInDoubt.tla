---- MODULE HeldIsInDoubt ----
(* A command that the breaker has held back may have had an effect. *)
EXTENDS Flow

RightIsHeld == {"right"}

BrokenHoldBack(o, p) ==
  [p EXCEPT !.step =
     [s \in Steps |->
        IF s \in Breakers /\ p.step[s].ds > o.step[s].ds
        THEN [p.step[s] EXCEPT !.st = "HELD", !.ds = @ - 1, !.open = 0, !.due = "no", !.ev = DOUBT]
        ELSE p.step[s]]]
===============================

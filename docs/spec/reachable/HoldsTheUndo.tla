---- MODULE HoldsTheUndo ----
(* A DO passes while the breaker is closed, and its UNDO is held when it is open. *)
EXTENDS Flow

RightIsHeld == {"right"}

Never == ~(flow.step["right"].st = "HELD" /\ LeadsBack(flow))
===============================

---- MODULE TakesSignals ----
(* A flow completes with a signal that came early, and refuses the other. *)
EXTENDS Flow

LastWaits == {"last"}
RightInside == {"right"}
TwoSignals == {1, 2}

Never == ~(saved.status = "COMPLETED" /\ saved.taken # {} /\ saved.refused # {})
===============================

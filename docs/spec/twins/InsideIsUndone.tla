---- MODULE InsideIsUndone ----
(* A step that was carried out inside is taken for one with an effect. *)
EXTENDS Flow

LastWaits == {"last"}
RightInside == {"right"}
TwoSignals == {1, 2}

BrokenInsideEvidence == DONE
===============================

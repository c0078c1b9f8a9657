---- MODULE HoldsForEver ----
(* A held command is never sent. *)
EXTENDS Flow

RightIsHeld == {"right"}

BrokenReleased(o, s) == o
===============================

---- MODULE WordsOvertake ----
(* What a parent tells last overtakes what it told before. *)
EXTENDS Family

BrokenNextWord(p) == toPart[p][Len(toPart[p])]
BrokenRead(p) == toPart' = [toPart EXCEPT ![p] = SubSeq(@, 1, Len(@) - 1)]
===============================

package io.doundo.protocol;

/** What an operator may ask of a schedule. */
public enum ScheduleVerb {
  /** No run starts by time until it is resumed; running ones go on. */
  PAUSE,
  /** Runs start again, from the next time on. */
  RESUME,
  /** A run starts now, also while the schedule is paused; the rule of overlap applies. */
  TRIGGER
}

package io.doundo.launcher.chaos;

import java.util.Locale;

/** Something bad that is done to the running system. */
enum Fault {
  KILL_ORCHESTRATOR(FaultTarget.ORCHESTRATOR, "kill -9 of an orchestrator"),
  FREEZE_ORCHESTRATOR(FaultTarget.ORCHESTRATOR, "an orchestrator frozen past its session timeout"),
  KILL_WORKER(FaultTarget.WORKER, "kill -9 of a worker"),
  FREEZE_WORKER(FaultTarget.WORKER, "a worker frozen past its leases"),
  KILL_BROKER(FaultTarget.BROKER, "kill -9 of a broker"),
  RESTART_BROKER(FaultTarget.BROKER, "clean restart of a broker"),
  KILL_REDIS(FaultTarget.REDIS, "kill -9 of Redis, data kept"),
  RESTART_REDIS(FaultTarget.REDIS, "clean restart of Redis"),
  EMPTY_REDIS(FaultTarget.REDIS, "kill -9 of Redis, data lost"),
  FLUSH_REDIS(FaultTarget.NONE, "FLUSHALL on the running Redis"),
  REPEAT_COMMANDS(FaultTarget.NONE, "recent commands redelivered"),
  REPEAT_ANSWERS(FaultTarget.NONE, "recent answers redelivered"),
  REPEAT_STARTS(FaultTarget.NONE, "recent starts redelivered"),
  REREGISTER(FaultTarget.NONE, "a new version of an orchestration"),
  ROLLING_RESTART(FaultTarget.NONE, "rolling restart of orchestrators and workers");

  /** Whose processes it strikes. */
  enum FaultTarget {
    ORCHESTRATOR,
    WORKER,
    BROKER,
    REDIS,
    /** Not a process, or all of them. */
    NONE
  }

  private final FaultTarget target;
  private final String title;

  Fault(FaultTarget target, String title) {
    this.target = target;
    this.title = title;
  }

  FaultTarget target() {
    return target;
  }

  /** In words, for a report. */
  String title() {
    return title;
  }

  /** As in a plan. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

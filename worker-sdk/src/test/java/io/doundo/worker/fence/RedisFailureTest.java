package io.doundo.worker.fence;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisFailureTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          CONNECTION | READONLY You can't write against a read only replica.
          CONNECTION | READONLY You can't write against a read only replica. script: 23a0, on @user_script:60.
          CONNECTION | ERR Error running script (call to f_23a0): @user_script:60: @user_script: 60: -READONLY You can't write against a read only replica.
          CONNECTION | LOADING Redis is loading the dataset in memory
          CONNECTION | MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.
          CONNECTION | CLUSTERDOWN The cluster is down
          CONNECTION | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.
          SERVER | OOM command not allowed when used memory > 'maxmemory'.
          SERVER | ERR Error running script (call to f_23a0): @user_script:7: @user_script: 7: -OOM command not allowed when used memory > 'maxmemory'.
          SERVER | NOREPLICAS Not enough good replicas to write.
          SERVER | NOPERM this user has no permissions to run the 'evalsha' command
          SERVER | ERR Error running script (call to f_23a0): @user_script:60: The user executing the script can't run this command or subcommand
          SERVER | ERR ACL failure in script: User reader has no permissions to run the 'set' command script: 23a0, on @user_script:60.
          SERVER | BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.
          RECORD | WRONGTYPE Operation against a key holding the wrong kind of value
          RECORD | ERR Error running script (call to f_23a0): @user_script:41: @user_script: 41: WRONGTYPE Operation against a key holding the wrong kind of value
          RECORD | ERR a run of DOING cannot end as UNDONE
          RECORD | ERR Error running script (call to f_23a0): @user_script:77: user_script:77: attempt to compare nil with number
          """)
  void anErrorOfRedis_isTheServersOrTheRecords(RedisFailure concerns, String message) {
    assertThat(RedisFailure.of(new RedisCommandExecutionException(message))).isEqualTo(concerns);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "READONLY You can't write.",
        "READONLY You can't write. script: 23a0, on @user_script:60.",
        "READONLY You can't write. script: on @user_script:29.",
        "ERR Error running script (call to f_23a0): @user_script:60: @user_script: 60: -READONLY"
            + " You can't write."
      })
  void anOutageIsReportedInTheSameWordsWhicheverScriptMeetsIt(String message) {
    assertThat(RedisFailure.words(message)).isEqualTo("READONLY You can't write.");
  }

  @Test
  void whatIsNoAnswerOfRedis_isTheServers() {
    assertThat(RedisFailure.of(new RedisCommandTimeoutException("Command timed out")))
        .isEqualTo(RedisFailure.SERVER);
  }
}

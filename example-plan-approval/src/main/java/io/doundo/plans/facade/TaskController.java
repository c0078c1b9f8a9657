package io.doundo.plans.facade;

import io.doundo.plans.facade.Bodies.CompleteBody;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The tasks of people. */
@RestController
class TaskController {

  private final Approvals approvals;

  TaskController(Approvals approvals) {
    this.approvals = approvals;
  }

  @GetMapping("/api/tasks")
  Answer list(
      @RequestParam(name = "userId", required = false) @Nullable String userId,
      HttpServletRequest request) {
    return Answer.of(approvals.tasks(ApiKeyFilter.user(request, userId)));
  }

  @PostMapping("/api/tasks/{taskId}/complete")
  Answer complete(@PathVariable("taskId") String taskId, HttpServletRequest request)
      throws IOException {
    CompleteBody complete = Bodies.read(request, CompleteBody.class);
    String userId = ApiKeyFilter.user(request, complete.userId());
    TaskId id = TaskId.of(taskId);
    return Answer.of(
        Map.of("taskId", id.toString(), "result", approvals.complete(id, userId, complete)));
  }
}

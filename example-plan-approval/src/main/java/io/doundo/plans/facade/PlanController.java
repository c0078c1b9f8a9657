package io.doundo.plans.facade;

import io.doundo.plans.facade.Bodies.SubmitBody;
import io.doundo.plans.fhir.PublishedPlan;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Published plans, and the submission of drafts. */
@RestController
class PlanController {

  private final Dependencies dependencies;
  private final Submissions submissions;
  private final Statuses statuses;

  PlanController(Dependencies dependencies, Submissions submissions, Statuses statuses) {
    this.dependencies = dependencies;
    this.submissions = submissions;
    this.statuses = statuses;
  }

  @GetMapping("/api/plans")
  Answer list(@RequestParam(name = "identifier", required = false) @Nullable String identifier) {
    return Answer.of(
        dependencies.plans("search", plans -> plans.search(identifier)).stream()
            .map(PlanController::shown)
            .toList());
  }

  @GetMapping("/api/plans/{id}")
  Answer plan(@PathVariable("id") String id) {
    Submissions.requireId("the id of the plan", id);
    return Answer.of(
        dependencies
            .plans("find", plans -> plans.find(id))
            .map(PlanController::shown)
            .orElseThrow(
                () -> new Problem(Problem.Kind.PLAN_NOT_FOUND, "no plan " + id + " is published")));
  }

  @GetMapping("/api/plans/{id}/history")
  Answer history(@PathVariable("id") String id) {
    Submissions.requireId("the id of the plan", id);
    List<Map<String, Object>> versions =
        dependencies.plans("history", plans -> plans.history(id)).stream()
            .map(PlanController::shown)
            .toList();
    if (versions.isEmpty()) {
      throw new Problem(Problem.Kind.PLAN_NOT_FOUND, "no plan " + id + " was ever published");
    }
    return Answer.of(versions);
  }

  @GetMapping("/api/plans/{id}/status")
  Answer status(@PathVariable("id") String id) {
    Submissions.requireId("the id", id);
    return Answer.of(statuses.of(id));
  }

  @PostMapping("/api/plans/{id}/submit")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Answer submit(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
    SubmitBody submit = Bodies.read(request, SubmitBody.class);
    String userId = ApiKeyFilter.user(request, submit.userId());
    String draftId = submit.draftId() == null ? id : submit.draftId();
    return Answer.of(submissions.submit(draftId, userId, submit.revision(), submit.planData()));
  }

  private static Map<String, Object> shown(PublishedPlan plan) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("planId", plan.planId());
    shown.put("version", plan.version());
    if (plan.lastUpdated() != null) {
      shown.put("lastUpdated", plan.lastUpdated());
    }
    if (plan.source() != null) {
      shown.put("source", plan.source());
    }
    if (plan.plan() == null) {
      shown.put("deleted", true);
    } else {
      shown.put("plan", plan.plan());
    }
    return shown;
  }
}

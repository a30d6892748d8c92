package org.convexnn.ml.io;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.convexnn.network.Network;
import org.convexnn.solver.Certificate;
import org.convexnn.solver.Objective;
import org.convexnn.solver.PathPoint;
import org.convexnn.solver.RankBound;
import org.convexnn.solver.TraceRecord;
import org.convexnn.solver.TrainingResult;

/** What a training told, without its network, as JSON on the driver's own disk. */
public final class TrainingFile {

  private static final ObjectMapper JSON = new ObjectMapper();

  private TrainingFile() {}

  private record Content(
      Certificate certificate,
      Objective objective,
      RankBound rankBound,
      List<TraceRecord> trace,
      List<PathPoint> path,
      long rows,
      double skipRidge,
      double setUpSeconds,
      double solveSeconds) {}

  private static Content content(TrainingResult result) {
    return new Content(
        result.certificate(),
        result.objective(),
        result.rankBound().orElse(null),
        result.trace(),
        result.path(),
        result.rows(),
        result.skipRidge(),
        result.setUpSeconds(),
        result.solveSeconds());
  }

  /** What a training told as JSON; NaN and infinity are text. */
  public static JsonNode json(TrainingResult result) {
    return JSON.valueToTree(content(result));
  }

  public static void write(Path file, TrainingResult result) {
    try {
      Files.write(file, JSON.writeValueAsBytes(content(result)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write '" + file + "'", e);
    }
  }

  /** Reads what was told of the training of this network. */
  public static TrainingResult read(Path file, Network network) {
    try {
      Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
      return new TrainingResult(
          network,
          content.certificate(),
          content.objective(),
          Optional.ofNullable(content.rankBound()),
          content.trace(),
          content.path(),
          content.rows(),
          content.skipRidge(),
          content.setUpSeconds(),
          content.solveSeconds());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read '" + file + "'", e);
    }
  }
}

package org.convexnn.export;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIf;

/** Tests that export networks: skipped on Spark 3.5, whose protocol buffers are too old. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
    value = "org.convexnn.export.OnnxRun#possible",
    disabledReason = "export to ONNX is skipped: it needs the protocol buffers of Spark 4")
public @interface NeedsOnnx {}

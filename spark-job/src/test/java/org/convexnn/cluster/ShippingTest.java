package org.convexnn.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.convexnn.block.Block;
import org.convexnn.block.Patterns;
import org.convexnn.block.RowState;
import org.convexnn.network.FeatureMap;
import org.convexnn.network.GateSet;
import org.convexnn.network.HalfSpaces;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class ShippingTest {

  private static <T> T throughKryo(T value) {
    SerializerInstance kryo = new KryoSerializer(new SparkConf(false)).newInstance();
    ClassTag<T> tag = ClassTag$.MODULE$.apply(Object.class);
    return kryo.deserialize(kryo.serialize(value, tag), tag);
  }

  /** Many clusters set spark.serializer to Kryo, which fails on records left to itself. */
  @Test
  void everythingThatIsShippedSurvivesKryo() {
    Block block =
        new Block(2, new double[] {1, 2, 3, 4.1}, new double[] {0, 1}, new double[] {1, 2});
    PackedBlock packed = throughKryo(PackedBlock.of(block, PackingReport.none()));
    assertThat(packed.block().value(1, 1)).isEqualTo(4.1);
    assertThat(packed.block().key(0)).isEqualTo(block.key(0));

    GateSet gates = GateSet.of(HalfSpaces.none(2));
    Patterns patterns = Patterns.of(block, gates, FeatureMap.identity(2));
    assertThat(throughKryo(new BlockPatterns(patterns, 5)).patterns().leverage())
        .isEqualTo(patterns.leverage());
    assertThat(throughKryo(new JavaSerialized<>(gates)).value().size()).isZero();
    assertThat(throughKryo(new Partial<>(3, new double[] {1})).value()).containsExactly(1);
    assertThat(throughKryo(PackingReport.none()).labelRows()).isEmpty();

    RowState state = TestRows.state(2);
    PartitionStates states = throughKryo(PartitionStates.of(List.of(7L), List.of(state)));
    assertThat(states.state(0, 7).orElseThrow().fitted()).containsExactly(2);
    assertThat(states.state(0, 8)).isEmpty();
    assertThat(states.state(1, 7)).isEmpty();
  }

  @Test
  void aFingerprintSeesRowsWeightsAndOrder() {
    double[] x = {1, 2};
    double[] swapped = {2, 1};
    double[] y = {0, 0};
    double[] w = {1, 1};
    assertThat(fingerprint(x, y, w)).isEqualTo(fingerprint(x.clone(), y, w));
    assertThat(fingerprint(x, y, w))
        .isNotEqualTo(fingerprint(swapped, y, w))
        .isNotEqualTo(fingerprint(x, new double[] {0, 1}, w))
        .isNotEqualTo(fingerprint(x, y, new double[] {1, 2}));
  }

  private static long fingerprint(double[] x, double[] y, double[] w) {
    return PackedBlock.of(new Block(1, x, y, w), PackingReport.none()).fingerprint();
  }

  @Test
  void partialResultsAreMergedInOrderOfTheirIndex() {
    OrderedMerge<String> merge = new OrderedMerge<>(String::concat, 4);
    for (int index : new int[] {6, 5, 8, 4, 7}) {
      merge.accept(index, "-" + index);
    }
    assertThat(merge.sum(5)).isEqualTo("-4-5-6-7-8");
  }

  @Test
  void aMissingPartialResultIsAnError() {
    OrderedMerge<Integer> merge = new OrderedMerge<>(Integer::sum, 0);
    merge.accept(0, 1);
    merge.accept(2, 1);
    assertThatThrownBy(() -> merge.sum(3)).hasMessageContaining("partial result 1");
  }
}

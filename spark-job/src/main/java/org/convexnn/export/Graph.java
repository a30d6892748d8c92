package org.convexnn.export;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** An ONNX graph under construction; what its methods return are names of tensors in it. */
final class Graph {

  /** The domain of the operators of machine learning. */
  static final String ML_DOMAIN = "ai.onnx.ml";

  /** The name of the first dimension of inputs and outputs, of any size. */
  private static final String ROWS = "rows";

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("ConvexNN");
  private int made;
  private boolean ensembles;

  /** An input of rows x columns float64 numbers. */
  String input(String name, int columns) {
    graph.addInput(tensor(name, columns));
    return name;
  }

  /** Makes a tensor of rows (x columns) float64 numbers an output under this name. */
  void output(String name, String value, int... columns) {
    graph.addNode(
        NodeProto.newBuilder().setOpType("Identity").setName(name).addInput(value).addOutput(name));
    graph.addOutput(tensor(name, columns));
  }

  private static ValueInfoProto tensor(String name, int... columns) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setDimParam(ROWS);
    for (int size : columns) {
      shape.addDimBuilder().setDimValue(size);
    }
    TypeProto.Tensor.Builder type =
        TypeProto.Tensor.newBuilder()
            .setElemType(TensorProto.DataType.DOUBLE.getNumber())
            .setShape(shape);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(type))
        .build();
  }

  /** A constant of this shape; a single number where none is given. */
  String doubles(double[] values, long... shape) {
    return constant(TensorProto.DataType.DOUBLE, bytes(values), shape);
  }

  /** A constant of small whole numbers. */
  String bytes(byte[] values, long... shape) {
    return constant(TensorProto.DataType.UINT8, ByteBuffer.wrap(values), shape);
  }

  /** A constant number. */
  String number(double value) {
    return doubles(new double[] {value});
  }

  /** A constant vector. */
  String longs(long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return constant(TensorProto.DataType.INT64, bytes, values.length);
  }

  /** A constant integer, as an index of a single entry. */
  String index(long value) {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return constant(TensorProto.DataType.INT64, bytes.putLong(0, value));
  }

  private String constant(TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    String name = "constant_" + made++;
    graph.addInitializer(tensor(name, type, bytes, shape));
    return name;
  }

  private static ByteBuffer bytes(double[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asDoubleBuffer().put(values);
    return bytes;
  }

  private static TensorProto tensor(
      String name, TensorProto.DataType type, ByteBuffer bytes, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            // Nobody writes to the buffer any more, and weights may be large.
            .setRawData(UnsafeByteOperations.unsafeWrap(bytes));
    for (long size : shape) {
      tensor.addDims(size);
    }
    return tensor.build();
  }

  /** The result of an operator on these tensors. */
  String node(String operator, String... inputs) {
    return node(operator, List.of(inputs));
  }

  /** Adds a node with one output, whose name is returned, and with attributes. */
  String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String name = operator + "_" + made++;
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(name)
            .addAllInput(inputs)
            .addOutput(name)
            .addAllAttribute(List.of(attributes)));
    return name;
  }

  /** The operator TreeEnsemble, with sums as its aggregate: n x targets of n x columns. */
  String treeEnsemble(String columns, Attributes attributes) {
    ensembles = true;
    String name = "TreeEnsemble_" + made++;
    graph.addNode(
        NodeProto.newBuilder()
            .setDomain(ML_DOMAIN)
            .setOpType("TreeEnsemble")
            .setName(name)
            .addInput(columns)
            .addOutput(name)
            .addAllAttribute(attributes.all));
    return name;
  }

  /** Whether there is an operator of {@link #ML_DOMAIN}. */
  boolean ensembles() {
    return ensembles;
  }

  /** A tensor of booleans or integers as float64. */
  String toDouble(String value) {
    return node("Cast", List.of(value), attribute("to", TensorProto.DataType.DOUBLE.getNumber()));
  }

  /** A tensor of whole numbers as integers. */
  String toLong(String value) {
    return node("Cast", List.of(value), attribute("to", TensorProto.DataType.INT64.getNumber()));
  }

  /** The slices of a tensor at these indices of an axis. */
  String gather(String data, String indices, int axis) {
    return node("Gather", List.of(data, indices), attribute("axis", axis));
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** Attributes of an operator under construction. */
  static final class Attributes {

    private final List<AttributeProto> all = new ArrayList<>();

    Attributes number(String name, long value) {
      all.add(attribute(name, value));
      return this;
    }

    Attributes longs(String name, long... values) {
      AttributeProto.Builder attribute =
          AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
      for (long value : values) {
        attribute.addInts(value);
      }
      all.add(attribute.build());
      return this;
    }

    Attributes doubles(String name, double... values) {
      return tensor(name, TensorProto.DataType.DOUBLE, Graph.bytes(values), values.length);
    }

    Attributes bytes(String name, byte... values) {
      return tensor(name, TensorProto.DataType.UINT8, ByteBuffer.wrap(values), values.length);
    }

    private Attributes tensor(
        String name, TensorProto.DataType type, ByteBuffer bytes, long length) {
      all.add(
          AttributeProto.newBuilder()
              .setName(name)
              .setType(AttributeProto.AttributeType.TENSOR)
              .setT(Graph.tensor(name, type, bytes, length))
              .build());
      return this;
    }
  }

  GraphProto build() {
    return graph.build();
  }
}

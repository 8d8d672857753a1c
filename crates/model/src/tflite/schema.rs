//! The numbers of TensorFlow Lite's schema, version 3: where each field stands in its table, and
//! what its codes mean.

/// What stands after the first four bytes of a file.
pub(super) const IDENTIFIER: &str = "TFL3";
/// The version of the schema.
pub(super) const VERSION: u32 = 3;

/// The root.
pub(super) mod model {
    pub(in super::super) const VERSION: u16 = 0;
    pub(in super::super) const OPERATOR_CODES: u16 = 1;
    pub(in super::super) const SUBGRAPHS: u16 = 2;
    pub(in super::super) const DESCRIPTION: u16 = 3;
    pub(in super::super) const BUFFERS: u16 = 4;
    pub(in super::super) const METADATA: u16 = 6;
    pub(in super::super) const SIGNATURE_DEFS: u16 = 7;
}

/// What an operator is; the operators share these.
pub(super) mod operator_code {
    /// A byte, from before there were more than 127 operators.
    pub(in super::super) const DEPRECATED_BUILTIN_CODE: u16 = 0;
    pub(in super::super) const CUSTOM_CODE: u16 = 1;
    pub(in super::super) const VERSION: u16 = 2;
    pub(in super::super) const BUILTIN_CODE: u16 = 3;
}

/// A graph of operators.
pub(super) mod subgraph {
    pub(in super::super) const TENSORS: u16 = 0;
    pub(in super::super) const INPUTS: u16 = 1;
    pub(in super::super) const OUTPUTS: u16 = 2;
    pub(in super::super) const OPERATORS: u16 = 3;
}

/// What operators take and give.
pub(super) mod tensor {
    pub(in super::super) const SHAPE: u16 = 0;
    pub(in super::super) const TYPE: u16 = 1;
    pub(in super::super) const BUFFER: u16 = 2;
    pub(in super::super) const NAME: u16 = 3;
    pub(in super::super) const QUANTIZATION: u16 = 4;
    pub(in super::super) const IS_VARIABLE: u16 = 5;
    pub(in super::super) const SPARSITY: u16 = 6;
    pub(in super::super) const VARIANT_TENSORS: u16 = 9;
    pub(in super::super) const EXTERNAL_BUFFER: u16 = 10;
}

/// How integers stand for real numbers: `scale (q - zero_point)`.
pub(super) mod quantization {
    pub(in super::super) const SCALE: u16 = 2;
    pub(in super::super) const ZERO_POINT: u16 = 3;
    pub(in super::super) const QUANTIZED_DIMENSION: u16 = 6;
}

/// One step of the computation.
pub(super) mod operator {
    pub(in super::super) const OPCODE_INDEX: u16 = 0;
    pub(in super::super) const INPUTS: u16 = 1;
    pub(in super::super) const OUTPUTS: u16 = 2;
    pub(in super::super) const BUILTIN_OPTIONS_TYPE: u16 = 3;
    pub(in super::super) const BUILTIN_OPTIONS: u16 = 4;
    pub(in super::super) const BUILTIN_OPTIONS_2_TYPE: u16 = 11;
}

/// How `FULLY_CONNECTED` does it.
pub(super) mod fully_connected {
    /// Which of the options of operators these are.
    pub(in super::super) const OPTIONS_TYPE: u8 = 8;
    pub(in super::super) const FUSED_ACTIVATION: u16 = 0;
    pub(in super::super) const WEIGHTS_FORMAT: u16 = 1;
}

/// How `LEAKY_RELU` does it.
pub(super) mod leaky_relu {
    pub(in super::super) const ALPHA: u16 = 0;
}

/// How `GELU` does it.
pub(super) mod gelu {
    pub(in super::super) const APPROXIMATE: u16 = 0;
}

/// Where constant numbers are.
pub(super) mod buffer {
    pub(in super::super) const DATA: u16 = 0;
    /// Above 1 where the numbers follow the tables of the file.
    pub(in super::super) const OFFSET: u16 = 1;
}

/// A named buffer.
pub(super) mod metadata {
    pub(in super::super) const NAME: u16 = 0;
    pub(in super::super) const BUFFER: u16 = 1;
}

/// A named way to run a graph.
pub(super) mod signature_def {
    pub(in super::super) const INPUTS: u16 = 0;
    pub(in super::super) const OUTPUTS: u16 = 1;
    pub(in super::super) const SIGNATURE_KEY: u16 = 2;
}

/// A named tensor of a signature.
pub(super) mod tensor_map {
    pub(in super::super) const NAME: u16 = 0;
    pub(in super::super) const TENSOR_INDEX: u16 = 1;
}

/// Types of the options of operators.
pub(super) mod options {
    pub(in super::super) const ADD: u8 = 11;
    pub(in super::super) const MUL: u8 = 21;
    pub(in super::super) const SUB: u8 = 28;
    pub(in super::super) const DIV: u8 = 29;
    pub(in super::super) const LEAKY_RELU: u8 = 75;
    pub(in super::super) const GELU: u8 = 116;
}

/// Types of numbers.
pub(super) mod tensor_type {
    pub(in super::super) const FLOAT32: i8 = 0;
    pub(in super::super) const FLOAT16: i8 = 1;
    pub(in super::super) const INT32: i8 = 2;
    pub(in super::super) const INT64: i8 = 4;
    pub(in super::super) const BOOL: i8 = 6;
    pub(in super::super) const INT8: i8 = 9;

    /// The name of one.
    pub(in super::super) fn name(code: i8) -> String {
        let name = match code {
            0 => "float32",
            1 => "float16",
            2 => "int32",
            3 => "uint8",
            4 => "int64",
            5 => "string",
            6 => "bool",
            7 => "int16",
            9 => "int8",
            10 => "float64",
            17 => "int4",
            18 => "bfloat16",
            _ => return format!("type {code}"),
        };
        name.to_owned()
    }
}

/// What `FULLY_CONNECTED` does to its sums.
pub(super) mod activation {
    pub(in super::super) const NONE: i8 = 0;
    pub(in super::super) const RELU: i8 = 1;
    pub(in super::super) const RELU_N1_TO_1: i8 = 2;
    pub(in super::super) const RELU6: i8 = 3;
    pub(in super::super) const TANH: i8 = 4;

    /// The name of one.
    pub(in super::super) fn name(code: i8) -> String {
        let name = match code {
            0 => "NONE",
            1 => "RELU",
            2 => "RELU_N1_TO_1",
            3 => "RELU6",
            4 => "TANH",
            5 => "SIGN_BIT",
            _ => return format!("number {code}"),
        };
        name.to_owned()
    }
}

/// Operators.
pub(super) mod builtin {
    pub(in super::super) const ADD: i32 = 0;
    pub(in super::super) const FULLY_CONNECTED: i32 = 9;
    pub(in super::super) const LOGISTIC: i32 = 14;
    pub(in super::super) const MUL: i32 = 18;
    pub(in super::super) const DEQUANTIZE: i32 = 6;
    pub(in super::super) const RELU: i32 = 19;
    pub(in super::super) const TANH: i32 = 28;
    pub(in super::super) const CUSTOM: i32 = 32;
    pub(in super::super) const QUANTIZE: i32 = 114;
    pub(in super::super) const SUB: i32 = 41;
    pub(in super::super) const EXP: i32 = 47;
    pub(in super::super) const NEG: i32 = 59;
    pub(in super::super) const LOG: i32 = 73;
    pub(in super::super) const LEAKY_RELU: i32 = 98;
    pub(in super::super) const ABS: i32 = 101;
    pub(in super::super) const ELU: i32 = 111;
    pub(in super::super) const GELU: i32 = 150;
    /// What the old field holds where only the new one has room.
    pub(in super::super) const LARGEST_DEPRECATED: i32 = 127;

    /// The name of one.
    pub(in super::super) fn name(code: i32) -> String {
        let name = match code {
            ADD => "ADD",
            1 => "AVERAGE_POOL_2D",
            2 => "CONCATENATION",
            3 => "CONV_2D",
            4 => "DEPTHWISE_CONV_2D",
            DEQUANTIZE => "DEQUANTIZE",
            8 => "FLOOR",
            FULLY_CONNECTED => "FULLY_CONNECTED",
            11 => "L2_NORMALIZATION",
            LOGISTIC => "LOGISTIC",
            16 => "LSTM",
            17 => "MAX_POOL_2D",
            MUL => "MUL",
            RELU => "RELU",
            20 => "RELU_N1_TO_1",
            21 => "RELU6",
            22 => "RESHAPE",
            24 => "RNN",
            25 => "SOFTMAX",
            27 => "SVDF",
            TANH => "TANH",
            34 => "PAD",
            36 => "GATHER",
            39 => "TRANSPOSE",
            40 => "MEAN",
            SUB => "SUB",
            42 => "DIV",
            43 => "SQUEEZE",
            44 => "UNIDIRECTIONAL_SEQUENCE_LSTM",
            45 => "STRIDED_SLICE",
            EXP => "EXP",
            49 => "SPLIT",
            50 => "LOG_SOFTMAX",
            53 => "CAST",
            54 => "PRELU",
            55 => "MAXIMUM",
            57 => "MINIMUM",
            58 => "LESS",
            NEG => "NEG",
            61 => "GREATER",
            62 => "GREATER_EQUAL",
            63 => "LESS_EQUAL",
            64 => "SELECT",
            67 => "TRANSPOSE_CONV",
            70 => "EXPAND_DIMS",
            LOG => "LOG",
            74 => "SUM",
            75 => "SQRT",
            76 => "RSQRT",
            77 => "SHAPE",
            78 => "POW",
            80 => "FAKE_QUANT",
            82 => "REDUCE_MAX",
            83 => "PACK",
            84 => "LOGICAL_OR",
            86 => "LOGICAL_AND",
            87 => "LOGICAL_NOT",
            92 => "SQUARE",
            LEAKY_RELU => "LEAKY_RELU",
            99 => "SQUARED_DIFFERENCE",
            ABS => "ABS",
            ELU => "ELU",
            QUANTIZE => "QUANTIZE",
            117 => "HARD_SWISH",
            119 => "WHILE",
            123 => "SELECT_V2",
            126 => "BATCH_MATMUL",
            GELU => "GELU",
            152 => "RELU_0_TO_1",
            158 => "SIGN",
            206 => "STABLEHLO_COMPOSITE",
            _ => return format!("number {code}"),
        };
        name.to_owned()
    }
}

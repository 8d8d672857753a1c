//! The sums of products that covariances are made of, written out for so many axes.

use std::fmt::Write as _;

use super::template::Filling;
use crate::Model;

/// What computes them, of readings and of differences as a model needs it, and the call.
pub(super) fn fill(model: &Model, views: &[&str], filling: &mut Filling) {
    let (mut functions, mut call) = (String::new(), String::new());
    if filling.need("covariance") {
        let function = |view: &&str| function(view, model.binding().axes);
        functions = views.iter().map(function).collect();
        call = match views {
            [_, _] => "    if (of == READINGS) {\n        products_of_readings(window, means, \
                       relative);\n    } else {\n        products_of_differences(window, means, \
                       relative);\n    }"
                .to_owned(),
            [view] => format!("    products_of_{view}(window, means, relative);"),
            _ => String::new(),
        };
    }
    filling.put("PRODUCTS", functions.trim_end());
    filling.put("SUM_PRODUCTS", call);
}

/// Of each pair of axes, one running sum of four after the other: so many stay where they are computed with.
fn function(view: &str, axes: usize) -> String {
    let count = if view == "readings" { "WINDOW" } else { "(WINDOW - 1)" };
    let pairs: Vec<(usize, usize)> =
        (0..axes).flat_map(|i| (i..axes).map(move |j| (i, j))).collect();
    let mut text = format!(
        "/* The sums of the products of the deviations of axes from their means, in four running sums. */\n\
         static void products_of_{view}(const float *window, const float *means, float sums[AXES][AXES]) {{\n    \
         const size_t whole = {count} - {count} % 4;\n    float lanes[4][{}];\n    size_t at, lane;\n    \
         for (lane = 0; lane < 4; lane++) {{\n",
        pairs.len()
    );
    for (i, j) in &pairs {
        let _ = writeln!(text, "        float sum_{i}_{j} = 0.0f;");
    }
    text.push_str("        for (at = lane; at < whole; at += 4) {\n");
    deviations(view, axes, &mut text);
    for (i, j) in &pairs {
        let _ = writeln!(text, "            sum_{i}_{j} += x{i} * x{j};");
    }
    text.push_str("        }\n");
    for (at, (i, j)) in pairs.iter().enumerate() {
        let _ = writeln!(text, "        lanes[lane][{at}] = sum_{i}_{j};");
    }
    text.push_str("    }\n");
    for (at, (i, j)) in pairs.iter().enumerate() {
        let _ = writeln!(
            text,
            "    sums[{i}][{j}] = (lanes[0][{at}] + lanes[1][{at}]) + (lanes[2][{at}] + lanes[3][{at}]);"
        );
    }
    text.push_str(
        &format!("    for (at = whole; at < {count}; at++) {{\n").replace("    for", "    for"),
    );
    let mut rest = String::new();
    deviations(view, axes, &mut rest);
    for (i, j) in &pairs {
        let _ = writeln!(rest, "            sums[{i}][{j}] += x{i} * x{j};");
    }
    text.push_str(&rest.replace("            ", "        "));
    text + "    }\n}\n\n"
}

/// How far the values of the axes are from their means.
fn deviations(view: &str, axes: usize, text: &mut String) {
    for axis in 0..axes {
        let at = format!("window[{axis} * WINDOW + at]");
        let value = match view {
            "readings" => at,
            _ => format!("(window[{axis} * WINDOW + at + 1] - {at})"),
        };
        let _ = writeln!(text, "            const float x{axis} = {value} - means[{axis}];");
    }
}

# Loads exports with Keras from R and predicts: `Rscript check_exports.R FOLDER`, with `cases.json` in it as for
# check_exports.py. Needs reticulate and jsonlite, and RETICULATE_PYTHON for a Python with Keras 3: keras3 for R is the same
# Keras reached in the same way, under R's names. What it says to a case goes to standard output, one JSON object a line.
library(reticulate)
library(jsonlite)

folder <- commandArgs(trailingOnly = TRUE)[[1]]
# Nothing is converted by itself: an older reticulate cannot read arrays of NumPy 2.
keras <- import("keras", convert = FALSE)
numpy <- import("numpy", convert = FALSE)
as_r <- function(value) unbox(py_to_r(value))

for (case in fromJSON(file.path(folder, "cases.json"), simplifyDataFrame = FALSE)) {
  keras$backend$clear_session()
  path <- file.path(folder, case$file)
  stem <- gsub("[^A-Za-z0-9_]", "_", sub("[.][^.]*$", "", case$file))
  own_layers <- file.path(folder, paste0(stem, "_book_lstm.py"))
  if (file.exists(own_layers)) source_python(own_layers)
  model <- keras$saving$load_model(path)
  inputs <- numpy$array(as.list(case$inputs), dtype = case$dtype)$reshape(as.list(as.integer(case$shape)))
  outputs <- model$predict(inputs, verbose = 0L)
  answer <- list(
    file = unbox(case$file), parameters = as_r(model$count_params()), compiled = as_r(model$compiled),
    optimizer = as_r(model$optimizer$name), outputs = unlist(py_to_r(outputs$reshape(-1L)$tolist()))
  )
  cat(toJSON(answer, digits = NA), "\n", sep = "")
}

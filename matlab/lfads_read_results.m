function results = lfads_read_results(file)
% lfads_read_results  Reads a file of results of lfads, model_runs_...
%   RESULTS = lfads_read_results(FILE) is a structure with the arrays of the file, axes as in docs/files.md:
%   output_dist_params (the rates) [trials x bins x channels], factors, controller_outputs (inferred inputs),
%   gen_states, gen_ics [trials x units], post_g0_mean, costs [trials x 1], ... A data file, or model_params,
%   is read in the same way; what is no field's name, as of parameters, gets _ in place of other signs.
%
%   Works in MATLAB and in Octave.
%
%   Example:
%     results = lfads_read_results('model/model_runs_monday.h5_valid_posterior_sample_and_average');
%     imagesc(squeeze(results.output_dist_params(1, :, :))')
%
%   See also lfads_write_data.

% SPDX-License-Identifier: Apache-2.0
if ~exist(file, 'file')
    error('lfads:missing', 'there is no file %s', file)
end
if exist('OCTAVE_VERSION', 'builtin')
    results = read_octave(file);
else
    results = read_matlab(file);
end
end

function results = read_matlab(file)
results = struct();
info = h5info(file);
for i = 1:numel(info.Datasets)
    set = info.Datasets(i);
    if ~any(strcmp(set.Datatype.Class, {'H5T_FLOAT', 'H5T_INTEGER', 'H5T_ENUM'}))
        continue
    end
    array = h5read(file, ['/' set.Name]);
    rank = numel(set.Dataspace.Size);
    if rank > 1
        array = permute(array, rank:-1:1);
    end
    results.(field(set.Name)) = array;
end
end

function results = read_octave(file)
results = struct();
loaded = load('-hdf5', file);
names = fieldnames(loaded);
% Octave does not say which have one axis
flat = {'costs', 'nll_bound_vaes', 'nll_bound_iwaes', 'train_steps', 'spread_quantiles', 'train_inds', ...
        'valid_inds', 'train_condition', 'valid_condition', 'alignment_bias_c'};
for i = 1:numel(names)
    array = loaded.(names{i});
    if ~(isnumeric(array) || islogical(array))
        continue
    end
    if any(strcmp(names{i}, flat)) && isvector(array)
        array = array(:);
    else
        array = permute(array, max(ndims(array), 2):-1:1);
    end
    results.(field(names{i})) = array;
end
end

function name = field(name)
name = regexprep(name, '[^A-Za-z0-9_]', '_');
end

function lfads_write_data(file, data)
% lfads_write_data  Writes a data file for lfads.
%   lfads_write_data(FILE, DATA) writes the fields of the structure DATA, arrays whose axes are as MATLAB
%   shows them: train_data and valid_data [trials x bins x channels], train_ext_input [trials x bins x
%   inputs], train_truth, train_condition [trials x 1], alignment_matrix_cxf, dt, ... (docs/files.md, "Data
%   file"). In the file they have the same axes in the same order, as Python and lfads see them. FILE must
%   not exist.
%
%   Needs h5create and h5write: MATLAB has them, Octave in the package hdf5oct.
%
%   Example:
%     data.train_data = counts(1:80, :, :);
%     data.valid_data = counts(81:100, :, :);
%     lfads_write_data('monday.h5', data)
%     % in a shell: lfads train monday.h5
%
%   See also lfads_read_results.

% SPDX-License-Identifier: Apache-2.0
if isempty(which('h5create'))
    error('lfads:needs', ['h5create is missing: install Octave''s package hdf5oct, or save the counts by ' ...
                          'save -v7 and make the data file by lfads prepare (docs/prepare.md)'])
end
if ~isstruct(data) || numel(data) ~= 1
    error('lfads:data', 'DATA is no structure of arrays: its fields are train_data, valid_data, ...')
end
if exist(file, 'file')
    error('lfads:exists', '%s exists: delete it first or name another file', file)
end
names = fieldnames(data);
for i = 1:numel(names)
    check(names{i}, data.(names{i}))
end
[folder, name, ending] = fileparts(file);
part = fullfile(folder, ['.' name ending '.part']); % takes its name when it is whole
if exist(part, 'file')
    delete(part)
end
try
    for i = 1:numel(names)
        write(part, names{i}, data.(names{i}))
    end
    movefile(part, file)
catch reason
    if exist(part, 'file')
        delete(part)
    end
    rethrow(reason)
end
end

function check(name, array)
if ~(isnumeric(array) || islogical(array)) || ~isreal(array) || isempty(array)
    error('lfads:data', '%s is no array of real numbers: class %s, size %s', name, class(array), ...
          mat2str(size(array)))
end
if has_bins(name) && ndims(array) > 3
    error('lfads:data', '%s has %d axes: [trials x bins x channels] is expected', name, ndims(array))
end
end

function answer = has_bins(name)
answer = ~isempty(regexp(name, '_(data|truth|ext_input|behavior)$', 'once'));
end

function write(file, name, array)
if islogical(array)
    array = uint8(array);
end
rank = ndims(array);
if has_bins(name)
    rank = 3; % MATLAB drops an axis of length 1 at the end
end
if rank < 3 && isvector(array) && isempty(regexp(name, 'matrix', 'once'))
    shape = numel(array);
    array = array(:);
else
    % HDF5 stores MATLAB's last axis first
    shape = fliplr([size(array), ones(1, rank - ndims(array))]);
    array = reshape(permute(array, rank:-1:1), shape);
end
h5create(file, ['/' name], shape, 'Datatype', class(array))
h5write(file, ['/' name], array)
end

% h5create.m - MATLAB's function for the test, in an Octave without it: notes what is to be created.
% SPDX-License-Identifier: Apache-2.0
function h5create(file, name, shape, varargin)
assert(strcmp(varargin{1}, 'Datatype'))
out = fopen(file, 'a');
fprintf(out, '%s %s %s\n', name, varargin{2}, mat2str(shape));
fclose(out);
end
